/**
 * Time. What a statement says of its own time is a claim of whoever signed it: it can make a statement
 * too old or too young, never bring an expired key back. When a key was used is proved by witnesses of
 * a log alone; without them it counts as used now.
 */
import type { JsonObject } from '../encoding/signed-json.ts';
import type { Holder, Requirement } from '../policy/policy.ts';
import { instantOf } from '../policy/texts.ts';
import type { Statement } from '../statement/statement.ts';
import { type Refusal, refuse } from './refusal.ts';

/** Clocks of honest machines differ by less. */
const CLOCK_SKEW = 5 * 60_000;

const ISSUED = ['issuedAt', 'timeVerified', 'decidedAt'];
const BEGINS = ['notBefore'];
const ENDS = ['expires', 'expiresAt'];

interface Moment {
  readonly requirement: Pick<Requirement, 'maxAge'>;
  readonly holder: Holder;
  /** When witnesses had seen the statement, if they have. */
  readonly seenAt: number | undefined;
  readonly now: number;
}

export function refusalOfTime({ predicate }: Pick<Statement, 'predicate'>, moment: Moment): Refusal | undefined {
  const stated = [...ISSUED, ...BEGINS, ...ENDS].find(
    (name) => isStated(predicate, name) && timeOf(predicate, name) === undefined,
  );
  if (stated !== undefined) return refuse('malformed', `its ${stated} is no time in UTC`);
  return refusalOfStatement(predicate, moment) ?? refusalOfHolder(predicate, moment);
}

function refusalOfStatement(predicate: JsonObject, { requirement, now }: Moment): Refusal | undefined {
  const issued = firstOf(predicate, ISSUED);
  const begins = firstOf(predicate, BEGINS);
  const ends = firstOf(predicate, ENDS);
  if (begins !== undefined && now < begins) return refuse('not-yet-valid', `it holds from ${show(begins)}`);
  if (issued !== undefined && issued > now + CLOCK_SKEW)
    return refuse('not-yet-valid', `it was made at ${show(issued)}, which is to come`);
  if (ends !== undefined && now > ends) return refuse('expired', `it held until ${show(ends)}`);
  const { maxAge } = requirement;
  if (maxAge === undefined) return undefined;
  if (issued === undefined)
    return refuse('too-old', 'it does not say when it was made, and the policy asks how old it is');
  return now - issued > maxAge ? refuse('too-old', `it was made at ${show(issued)}`) : undefined;
}

function refusalOfHolder(predicate: JsonObject, { holder, seenAt, now }: Moment): Refusal | undefined {
  const { id, notBefore, notAfter } = holder;
  const used = seenAt ?? now;
  const claimed = firstOf(predicate, ISSUED) ?? used;
  if (notBefore !== undefined && Math.min(used, claimed) < notBefore)
    return refuse('not-yet-valid', `${id} holds from ${show(notBefore)}`);
  if (notAfter === undefined || used <= notAfter) return undefined;
  const unproved = seenAt === undefined ? ', and no witness of a log saw the statement before' : '';
  return refuse('expired', `${id} held until ${show(notAfter)}${unproved}`);
}

function firstOf(predicate: JsonObject, names: readonly string[]): number | undefined {
  return names.map((name) => timeOf(predicate, name)).find((time) => time !== undefined);
}

function isStated(predicate: JsonObject, name: string): boolean {
  return Object.hasOwn(predicate, name) && predicate[name] !== null;
}

function timeOf(predicate: JsonObject, name: string): number | undefined {
  const value = Object.hasOwn(predicate, name) ? predicate[name] : undefined;
  return typeof value === 'string' ? instantOf(value, { isEnd: ENDS.includes(name) }) : undefined;
}

function show(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
