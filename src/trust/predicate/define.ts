/** A kind of predicate that is known: its type, the schema it is held to, and what one says in a line. */
import type { z } from 'zod';
import { describe } from '../../base/yaml/issues.ts';
import type { JsonObject } from '../encoding/signed-json.ts';

/** What is said about the artifact as a whole, where a kind has such a word. */
export type Result = 'PASSED' | 'WARNED' | 'FAILED';

export interface Said {
  /** One line for people. It repeats words of the signer, who may be anybody. */
  readonly summary: string;
  readonly result?: Result;
}

export interface PredicateProblem {
  readonly path: readonly (string | number)[];
  /** What should stand there, and what does. */
  readonly message: string;
}

export interface PredicateKind {
  /** Short enough to be typed: `provenance`. */
  readonly id: string;
  /** The URIs that mean it; the first is the one that is written. */
  readonly types: readonly [string, ...string[]];
  /** In a word or two. */
  readonly title: string;
  /** Where its schema is published. */
  readonly source: string;
  /** How much of that schema is checked. */
  readonly checked: string;
  /** Whether one is about files, and not about the digest of an artifact. */
  readonly isOfFiles?: true;
  /** All that is wrong with a predicate, or what it says. */
  read(predicate: JsonObject): Said | readonly PredicateProblem[];
}

export interface PredicateDefinition<Shape> extends Omit<PredicateKind, 'read'> {
  readonly schema: z.ZodType<Shape>;
  say(predicate: Shape): Said;
}

/** More than anybody reads at once; a list of a million packages has as many. */
const MAX_PREDICATE_PROBLEMS = 50;

export function definePredicate<Shape>({ schema, say, ...kind }: PredicateDefinition<Shape>): PredicateKind {
  return {
    ...kind,
    read(predicate) {
      const parsed = schema.safeParse(predicate, { reportInput: true });
      if (parsed.success) return say(parsed.data);
      return parsed.error.issues.slice(0, MAX_PREDICATE_PROBLEMS).map((issue) => ({
        path: issue.path.map((part) => (typeof part === 'number' ? part : String(part))),
        message: describe(issue),
      }));
    },
  };
}

export function isSaid(read: Said | readonly PredicateProblem[]): read is Said {
  return 'summary' in read;
}

/** `3 packages`, `1 package`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
