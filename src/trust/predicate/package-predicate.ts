/** What the publisher says of a package: `package/v1`, which binds the manifest to its files. Ours, and strict. */
import { z } from 'zod';
import { timestamp } from './shapes.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'sha256:<64 hex>');

export const PackagePredicate = z.strictObject({
  name: z.string().min(1).max(255).describe('Name of the package: what a verifier compares with what it asked for'),
  version: z.string().min(1).max(128).describe('Its version'),
  setDigest: digest.describe('Digest of its SHA256SUMS: the identity of the files, whatever the packing'),
  omsRoot: z
    .string()
    .regex(/^[0-9a-f]{64}$/, '64 digits of hex')
    .describe('Root digest of the OpenSSF Model Signing statement over the same files'),
  omsBundle: digest.describe('Digest of the bundle with that statement'),
  segments: digest.optional().describe('Digest of the index of segments, if there is one'),
  issuedAt: timestamp.describe('When the publisher said so, by the own clock'),
  expires: timestamp.optional().describe('Until when it is to be believed'),
});

export type PackagePredicate = z.output<typeof PackagePredicate>;
