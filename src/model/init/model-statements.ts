/** What `init` states of the model: what its files say, and where they cannot be read what their names say. */
import type { Derivation } from '../facts/derive.ts';
import {
  type DeclaredInterface,
  declaredInterface,
  type Statement,
  statementsOf,
  tensorText,
} from '../facts/statements.ts';
import type { Derived } from './derived.ts';
import type { BaseModel } from './front-matter.ts';

export interface ModelStatements {
  readonly statements: readonly Statement[];
  readonly interface?: DeclaredInterface;
  readonly baseModels: readonly BaseModel[];
  /** All of it for people, in one line each. */
  readonly told: readonly Derived[];
  /** What a person has to look at. */
  readonly unsaid: readonly string[];
}

export function modelStatements({ facts, sets, unread }: Derivation): ModelStatements {
  const known = statementsOf(facts);
  const format = facts.format === undefined ? formatByName(unread) : undefined;
  const declared = facts.interface === undefined ? undefined : declaredInterface(facts.interface.value);
  const unsaid = unread.map(({ error }) => error.message);
  if (facts.files.length === 0 && sets.length > 1)
    unsaid.push(
      `model: ${sets.length} models are here, and which of them it is about cannot be told (runtime.model says it)`,
    );
  if (facts.interface !== undefined && declared === undefined)
    unsaid.push(`interface: the tensors of ${facts.interface.value.file} have no names in the Open Inference Protocol`);
  for (const { value, from } of facts.baseModels)
    if (value.isHint)
      unsaid.push(`model.baseModels: ${value.ref} is named in ${from}; state it if the model was made from that`);
  const bases = facts.baseModels.filter(({ value }) => !value.isHint);
  const statements = format === undefined ? known : [format, ...known];
  return {
    statements,
    told: [
      ...statements.map(({ key, text, from }) => ({ key, value: text, from })),
      ...bases.map(({ value, from }) => ({ key: 'model.baseModels', value: value.ref, from })),
      ...portsTold(declared, facts.interface?.from),
    ],
    baseModels: bases.map(({ value: { isHint: _, ...base } }) => base),
    ...(declared === undefined ? {} : { interface: declared }),
    unsaid,
  };
}

/** A table has a tensor for each of its columns. */
const MAX_TOLD = 4;

/** The tensors for people, and where they are from. */
export function portsTold(declared: DeclaredInterface | undefined, from: string | undefined): Derived[] {
  if (declared === undefined || from === undefined) return [];
  return (['inputs', 'outputs'] as const).map((side) => {
    const tensors = declared[side];
    const shown = tensors.slice(0, MAX_TOLD).map(tensorText).join('; ');
    const value = tensors.length > MAX_TOLD ? `${shown}; … (${tensors.length})` : shown;
    return { key: `interface.${side}`, value, from };
  });
}

/** The format that files are named as which are not that: stated, so that `pack` refuses them. */
function formatByName(unread: Derivation['unread']): Statement | undefined {
  const [only, ...others] = new Set(unread.map(({ format }) => format?.id).filter((id) => id !== undefined));
  if (only === undefined || others.length > 0) return undefined;
  return { key: 'model.format', value: only, text: only, from: 'the names of the weights' };
}
