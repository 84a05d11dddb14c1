/** The JSON of `waybill attestations --json`. */
import { z } from 'zod';
import { bytes, digest } from './pieces.ts';

const signer = z.union([
  z.object({
    kind: z.literal('key'),
    hint: z.string().optional().describe('By which name the signer calls the key; anybody can write that'),
  }),
  z.object({
    kind: z.literal('certificates'),
    identities: z.array(z.string()).describe('Whom the first certificate names, each with its kind; not verified here'),
    keyId: z.string().optional().describe('Its key: hex sha256 of the public half in PEM'),
  }),
]);

const attestation = z.object({
  status: z
    .enum(['verified', 'not-verified', 'elsewhere', 'unreadable'])
    .describe(
      'verified: signed by a key that was given, and about this artifact; with --trust: it counts for a requirement of the policy. elsewhere: what was signed names another artifact. unreadable: malformed, says nothing',
    ),
  why: z.string().optional().describe('Why it is not verified'),
  referrer: digest.describe('Digest of the manifest that attaches it'),
  source: z
    .enum(['bundle', 'cosign-signature', 'cosign-attestation'])
    .describe('As a referrer, or under a tag as cosign wrote them before version 3'),
  bundle: digest.optional().describe('Digest of the signature bundle, or of the envelope in the old layout'),
  predicateType: z.string().optional().describe('URI of what kind of thing is said; part of what was signed'),
  hint: z.string().optional().describe('The predicate type that an annotation states; anybody can write that'),
  kind: z.string().optional().describe('Short name of a known kind'),
  summary: z.string().optional().describe('What it says, of a known kind'),
  result: z.enum(['PASSED', 'WARNED', 'FAILED']).optional().describe('Its result, where it has one'),
  problems: z
    .array(z.string())
    .optional()
    .describe('Of a known kind: what in it is not as its specification says; it is not to be relied on then'),
  predicate: z.record(z.string(), z.unknown()).optional().describe('With --predicates: all of what it says'),
  signer: signer.optional().describe('How the signer names himself'),
  keyId: z.string().optional().describe('Of the key that it was verified with'),
  key: z.string().optional().describe('The file of that key; with --trust its id in the policy'),
  logEntries: z.number().int().optional().describe("Entries of Sigstore's log that come with it; not verified here"),
  saved: z.string().optional().describe('With --save: the file'),
  error: z
    .object({ code: z.string().describe('Stable code'), message: z.string().describe('What is wrong') })
    .optional()
    .describe('Of one that is unreadable'),
});

export const output = z.object({
  digest: digest.describe('Digest of the manifest that they are attached to'),
  policy: z.string().optional().describe('With --trust: the file of the policy that each was held to'),
  attestations: z.array(attestation).describe('All that is attached; those that are not verified say nothing'),
  proofs: z
    .array(
      z.object({
        referrer: digest.describe('Digest of the manifest that attaches it'),
        bundle: digest.optional().describe('The bundle that it is said to be about'),
        size: bytes.optional().describe('Bytes of the proof; absent where it cannot be read'),
      }),
    )
    .describe('Proofs that a log holds an entry; verified by waybill log verify'),
});

export type Output = z.infer<typeof output>;
export type AttestationOutput = Output['attestations'][number];
