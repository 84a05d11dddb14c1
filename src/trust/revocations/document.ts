/**
 * The content of a revocation list, version 1: the one definition from which come its validation and its
 * JSON Schema (schemas/revocations-1.schema.json).
 */
import { z } from 'zod';
import { WAYBILL_URI } from '../predicate-types.ts';

/** Whoever revokes more than this has other troubles; keys are few, and one key stands for all that it signed. */
const MAX_REVOCATIONS = 10_000;
/** A sentence. */
const MAX_REASON_LENGTH = 500;

const time = z.iso.datetime({ error: 'a time in UTC, as 2026-11-27T12:00:00Z' });
const digest = z.string().regex(/^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/, 'a digest');
const reason = z.string().max(MAX_REASON_LENGTH).optional().describe('Why, for people');

const entry = z.union([
  z.strictObject({
    key: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'the id of a key')
      .describe('Id of a key: hex SHA-256 of its PEM text'),
    since: time.optional().describe('From when on it may have been in other hands; absent: nothing of it counts'),
    reason,
  }),
  z.strictObject({ statement: digest.describe('Digest of the bundle of a statement'), reason }),
  z.strictObject({ package: digest.describe('Digest of the manifest of a package'), reason }),
]);

export const RevocationDocument = z.strictObject({
  v: z.literal(1).describe('Version of the form'),
  serial: z.int().min(1).describe('Grows with each list of a key'),
  issuedAt: time.describe('When it was signed, by the clock of the signer'),
  revoked: z.array(entry).max(MAX_REVOCATIONS).describe('What is believed no more'),
});

export type RevocationDocument = z.infer<typeof RevocationDocument>;

/** The published schema: JSON Schema 2020-12. */
export function revocationSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(RevocationDocument, { target: 'draft-2020-12' });
  return { ...schema, $id: `${WAYBILL_URI}schemas/revocations-1.schema.json`, title: 'Revocation list, version 1' };
}
