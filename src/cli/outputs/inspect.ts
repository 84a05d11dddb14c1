/** The JSON of `waybill inspect --json`: what is known of a package. */
import { z } from 'zod';
import { bytes, digest, finding } from './pieces.ts';

const anything = z.record(z.string(), z.unknown());

export const output = z.object({
  digest: digest.describe('Digest of the manifest: the identity of the package'),
  name: z.string().optional().describe('Name that the package gives itself'),
  version: z.string().optional().describe('Version that the package gives itself'),
  setDigest: digest.optional().describe('Digest of SHA256SUMS: the identity of the files, whatever the packing'),
  mediaType: z.string().describe('Media type of the manifest'),
  artifactType: z.string().optional().describe('What the manifest says it is'),
  annotations: z.record(z.string(), z.string()).describe('Annotations of the manifest'),
  files: z
    .array(
      z.object({
        path: z.string().describe('Path in the package'),
        component: z.string().describe('weights, config, code, docs or data'),
        mediaType: z.string().describe('Media type of the layer that holds it'),
        digest: digest.describe('Digest of the file'),
        size: bytes.describe('Bytes'),
        mode: z.string().describe('Permission bits in octal'),
      }),
    )
    .describe('Every file, in the order of the layers'),
  size: bytes.describe('Bytes of all files'),
  model: anything.optional().describe('What waybill.yaml says of the model'),
  interface: anything.optional().describe('What waybill.yaml says goes in and comes out'),
  environment: anything.optional().describe('What waybill.yaml says of where it runs'),
  config: anything.describe('The ModelPack configuration'),
  referrers: z
    .array(
      z.object({
        digest: digest.describe('Digest of its manifest'),
        artifactType: z.string().optional().describe('What it is'),
        size: bytes.describe('Bytes of its manifest'),
        annotations: z.record(z.string(), z.string()).optional().describe('Annotations of its manifest'),
      }),
    )
    .describe('What is attached to the package; not verified here'),
  findings: z.array(finding).describe('What is odd about the package'),
  manifest: z.string().optional().describe('With --manifest: the manifest as text'),
});

export type Output = z.infer<typeof output>;
