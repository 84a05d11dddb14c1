/** Predicates by their type: what is known of one, and what it says in a line. */
import { WaybillError } from '../../base/errors.ts';
import { nearest } from '../../base/nearest.ts';
import { predicateKinds } from '../predicates/index.ts';
import type { Statement } from '../statement/statement.ts';
import { isSaid, type PredicateKind, type PredicateProblem, type Said } from './define.ts';

export function predicateKindOf(type: string): PredicateKind | undefined {
  return predicateKinds.find(({ types }) => types.includes(type));
}

/**
 * The URI that a short name stands for, or the URI itself.
 * @throws WaybillError USAGE
 */
export function predicateTypeNamed(text: string): string {
  const known = predicateKinds.find(({ id }) => id === text);
  if (known !== undefined) return known.types[0];
  if (/^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$/.test(text)) return text;
  const names = predicateKinds.map(({ id }) => id);
  const alike = nearest(text, names);
  throw new WaybillError(
    'USAGE',
    `Cannot use ${JSON.stringify(text)} as a predicate type: it is neither a URI nor a short name`,
    { hint: alike === undefined ? `Short names: ${names.join(', ')}` : `Did you mean ${alike}?` },
  );
}

export interface Reading extends Partial<Said> {
  readonly kind: PredicateKind | undefined;
  /** What is wrong with a predicate of a known kind; none of an unknown one, which may be any object. */
  readonly problems: readonly PredicateProblem[];
}

/** What a statement says, as far as its kind is known. */
export function readPredicate({ predicateType, predicate }: Pick<Statement, 'predicateType' | 'predicate'>): Reading {
  const kind = predicateKindOf(predicateType);
  const read = kind?.read(predicate);
  if (read === undefined) return { kind, problems: [] };
  return isSaid(read) ? { kind, problems: [], ...read } : { kind, problems: read };
}
