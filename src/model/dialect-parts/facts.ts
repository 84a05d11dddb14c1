/** Members of strangers' documents, taken only where they are what they should be. */
import { parseStrictJson } from '../../base/strict-json.ts';

/** A document that must be a JSON object; anything else counts as empty. */
export function objectIn(bytes: Uint8Array, what: string): Readonly<Record<string, unknown>> {
  return asRecord(parseStrictJson(bytes, what));
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

export function textIn(record: Readonly<Record<string, unknown>>, member: string): string | undefined {
  const value = record[member];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function listIn(record: Readonly<Record<string, unknown>>, member: string): readonly unknown[] {
  const value = record[member];
  return Array.isArray(value) ? value : [];
}

/** Without the members that are undefined: what is not known is not stated. */
export function stated(members: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
