/**
 * Time. What a statement says of its own time is a claim of whoever signed it: it can make a statement
 * too old or too young, never bring an expired key back. When a key was used is proved by witnesses of
 * a log alone; without them it counts as used now.
 */
import { z } from 'zod';
import { CLOCK_SKEW } from '../clock-skew.ts';
import type { JsonObject } from '../encoding/signed-json.ts';
import type { Holder, Requirement } from '../policy/policy.ts';
import { type Refusal, refusal } from './refusal.ts';

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

export function refusalOfTime(predicate: JsonObject, moment: Moment): Refusal | undefined {
  const wrong = [...ISSUED, ...BEGINS, ...ENDS].find(
    (name) => isStated(predicate, name) && Number.isNaN(timeOf(predicate[name])),
  );
  if (wrong !== undefined) return refusal('malformed', `its ${wrong} is no time`);
  return refusalOfStatement(predicate, moment) ?? refusalOfHolder(predicate, moment);
}

function refusalOfStatement(predicate: JsonObject, { requirement, now }: Moment): Refusal | undefined {
  const issued = timesOf(predicate, ISSUED);
  const begins = timesOf(predicate, BEGINS).find((time) => now < time);
  const ended = timesOf(predicate, ENDS).find((time) => now > time);
  const future = issued.find((time) => time > now + CLOCK_SKEW);
  if (begins !== undefined) return refusal('not-yet-valid', `it holds from ${show(begins)}`);
  if (future !== undefined) return refusal('not-yet-valid', `it was made at ${show(future)}, which is to come`);
  if (ended !== undefined) return refusal('expired', `it held until ${show(ended)}`);
  const { maxAge } = requirement;
  if (maxAge === undefined) return undefined;
  const [oldest] = issued.sort((a, b) => a - b);
  if (oldest === undefined)
    return refusal('too-old', 'it does not say when it was made, and the policy asks how old it is');
  return now - oldest > maxAge ? refusal('too-old', `it was made at ${show(oldest)}`) : undefined;
}

function refusalOfHolder(predicate: JsonObject, { holder, seenAt, now }: Moment): Refusal | undefined {
  const { id, notBefore, notAfter } = holder;
  const used = seenAt ?? now;
  if (notBefore !== undefined && Math.min(used, ...timesOf(predicate, ISSUED)) < notBefore)
    return refusal('not-yet-valid', `${id} holds from ${show(notBefore)}`);
  if (notAfter === undefined || used <= notAfter) return undefined;
  const unproved = seenAt === undefined ? ', and no witness of a log saw the statement before' : '';
  return refusal('expired', `${id} held until ${show(notAfter)}${unproved}`);
}

function timesOf(predicate: JsonObject, names: readonly string[]): number[] {
  return names.filter((name) => isStated(predicate, name)).map((name) => timeOf(predicate[name]));
}

/** In statements of in-toto null means absent. */
function isStated(predicate: JsonObject, name: string): boolean {
  return Object.hasOwn(predicate, name) && predicate[name] !== null;
}

/** RFC 3339, else NaN. JavaScript would also read the 31st of February, and times without a zone as local ones. */
function timeOf(value: unknown): number {
  const time = z.iso.datetime({ offset: true }).safeParse(value);
  return time.success ? Date.parse(time.data) : Number.NaN;
}

function show(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
