/** The JSON of `waybill inspect --json`: what is known of a package, or of a model file. */
import { z } from 'zod';
import { comparison } from './comparison.ts';
import { bytes, digest, finding } from './pieces.ts';

const anything = z.record(z.string(), z.unknown());

const packageOutput = z.object({
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
  facts: z
    .looseObject({ files: z.array(z.string()).describe('The model that they are about: its files') })
    .describe('What the model files say of themselves, each with its value and where it is from'),
  bases: z
    .array(
      z.object({
        ref: z.string().describe('As the package, or its base, names it'),
        digest: digest.optional().describe('Digest of its manifest, if it is pinned'),
        relation: z.string().optional().describe('How the model came from it'),
        isHere: z.boolean().describe('Whether the store of the package, or the local one, has it'),
        name: z.string().optional().describe('Name that the base gives itself'),
        version: z.string().optional().describe('Version that the base gives itself'),
      }),
    )
    .optional()
    .describe('What the model was made from, and what that was made from'),
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
  comparison: comparison.optional().describe('With --against'),
  document: anything.optional().describe('With --interface: the interface as another tool has it'),
  lost: z
    .array(z.object({ at: z.string().describe('Where it stands'), message: z.string().describe('What becomes of it') }))
    .optional()
    .describe('With --interface: what the other tool has no words for'),
  manifest: z.string().optional().describe('With --manifest: the manifest as text'),
});

const fileOutput = z.object({
  file: z.string().describe('The model file'),
  format: z.string().describe('Its format: gguf, npy, safetensors'),
  formatVersion: z.string().optional().describe('Version of the format'),
  size: bytes.describe('Bytes of the file'),
  architecture: z.string().optional().describe('Kind of network that it says it is'),
  contextLength: z.number().int().optional().describe('Tokens that it can see at once'),
  quantisation: z.string().optional().describe('How most of its weights are stored'),
  parameters: z.number().int().describe('Elements of all tensors'),
  dtypes: z
    .record(
      z.string(),
      z.object({
        tensors: z.number().int().describe('Tensors of it'),
        parameters: z.number().int().describe('Their elements'),
        size: bytes.describe('Their bytes'),
      }),
    )
    .describe('By element type'),
  metadata: z.record(z.string(), z.unknown()).describe('What the file says of itself; long lists by their length'),
  tensorCount: z.number().int().describe('How many tensors there are'),
  groups: z
    .array(
      z.object({
        name: z.string().describe('Name, with * where numbers differ'),
        dtype: z.string().describe('Type of their elements'),
        shape: z.array(z.number().int()).describe('Of each, outermost first'),
        count: z.number().int().describe('How many there are'),
        size: bytes.describe('Bytes of all of them'),
      }),
    )
    .describe('Tensors, those that repeat from layer to layer as one'),
  tensors: z
    .array(
      z.object({
        name: z.string().describe('Name in the file'),
        dtype: z.string().describe('Type of its elements'),
        shape: z.array(z.number().int()).describe('Outermost first'),
        start: bytes.describe('Where its bytes begin in the file'),
        size: bytes.describe('Its bytes'),
      }),
    )
    .optional()
    .describe('With --tensors: every one, in the order of the file'),
  comparison: comparison.optional().describe('With --against'),
  findings: z.array(finding).describe('What is odd about the file'),
});

export const output = z.union([packageOutput, fileOutput]);

export type PackageOutput = z.infer<typeof packageOutput>;
export type FileOutput = z.infer<typeof fileOutput>;
export type Output = PackageOutput | FileOutput;
