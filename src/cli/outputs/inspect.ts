/** The JSON of `waybill inspect --json`: what is known of a package, or of a model file. */
import { z } from 'zod';
import { comparison } from './comparison.ts';
import { bytes, digest, finding } from './pieces.ts';
import { tensors } from './tensors.ts';

const anything = z.record(z.string(), z.unknown());

const packageOutput = z.object({
  digest: digest.describe('Digest of the manifest: the identity of the package'),
  name: z.string().optional().describe('Name that the package gives itself'),
  version: z.string().optional().describe('Version that the package gives itself'),
  setDigest: digest.optional().describe('Digest of SHA256SUMS: the identity of the files, whatever the packing'),
  mediaType: z.string().describe('Media type of the manifest'),
  artifactType: z.string().optional().describe('What the manifest says it is'),
  dialect: z
    .object({
      id: z.string().describe('Stable id, see docs/reference/dialects.md'),
      title: z.string().describe('In words'),
    })
    .describe('In which form it is written'),
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
  models: z
    .array(
      z.object({
        name: z.string().describe('The file, or the index or first of its shards'),
        format: z.string().describe('Its format, by its id: docs/reference/formats.md'),
        files: z.array(z.string()).describe('Paths in the package'),
        isMain: z.boolean().describe('Whether facts are about it'),
        layoutDigest: digest.optional().describe('Digest of the names, types and shapes of its tensors'),
        shapeDigest: digest.optional().describe('The same without types'),
        ...tensors,
      }),
    )
    .describe('Every model among the files whose format is read'),
  notRead: z
    .array(
      z.object({
        file: z.string().describe('Path in the package'),
        format: z.string().describe('What it is'),
        why: z.string().describe('Why it is not read'),
      }),
    )
    .describe('Weights that are recognised and not read'),
  architecture: anything.optional().describe('Sizes of the network that the model states: layers, heads, vocabulary'),
  config: anything.describe("What the package says of its model, in the words of ModelPack's configuration"),
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

const port = z.object({
  name: z.string().describe('Name'),
  dtype: z.string().describe("Element type; STRING for text; the format's own word for what is no tensor"),
  shape: z
    .array(z.union([z.number().int(), z.string()]))
    .optional()
    .describe('Outermost first; a name, or -1, for a dimension that varies'),
});

const fileOutput = z.object({
  file: z.string().describe('The model file'),
  format: z.string().describe('Its format, by its id: docs/reference/formats.md'),
  formatVersion: z.string().optional().describe('Version of the format'),
  size: bytes.describe('Bytes of the file'),
  complete: z.boolean().describe('Whether every byte of the file is accounted for'),
  producer: z.string().optional().describe('The program that wrote it'),
  architecture: z.string().optional().describe('Kind of network that it says it is'),
  contextLength: z.number().int().optional().describe('Tokens that it can see at once'),
  kind: z.string().optional().describe('What it is for: model, adapter, mmproj'),
  part: z
    .object({
      number: z.number().int().describe('Counted from 1'),
      count: z.number().int().describe('How many there are'),
      tensors: z.number().int().optional().describe('Tensors of all of them'),
    })
    .optional()
    .describe('Which one of several files that make a model together'),
  tokenizer: z
    .object({
      kind: z.string().describe('In the words of the format'),
      tokens: z.number().int().optional().describe('Size of the vocabulary'),
    })
    .optional()
    .describe('How text becomes tokens'),
  chatTemplates: z
    .array(
      z.object({
        name: z.string().describe('default, or its name'),
        length: z.number().int().describe('Characters'),
        digest: digest.describe('Digest of its text in UTF-8'),
      }),
    )
    .optional()
    .describe('How a conversation becomes text'),
  quantisation: z.string().optional().describe('How most of its weights are stored'),
  inputs: z.array(port).optional().describe('What goes in, where the format says it'),
  outputs: z.array(port).optional().describe('What comes out, where the format says it'),
  signatures: z
    .array(
      z.object({
        name: z.string().describe('Name of the use'),
        inputs: z.array(port).describe('What goes in'),
        outputs: z.array(port).describe('What comes out'),
      }),
    )
    .optional()
    .describe('The same by name of a use, where the format has several'),
  operators: z
    .record(z.string(), z.record(z.string(), z.number().int()))
    .optional()
    .describe('How often it uses each operator, by their domain or kind'),
  opsets: z.record(z.string(), z.number().int()).optional().describe('Versions of the sets of operators, by domain'),
  functions: z.array(z.string()).optional().describe('Operators that it brings itself, made of others'),
  externalFiles: z.array(z.string()).optional().describe('Files beside it that hold its tensors'),
  ...tensors,
  metadata: z.record(z.string(), z.unknown()).describe('What the file says of itself; long lists by their length'),
  comparison: comparison.optional().describe('With --against'),
  findings: z.array(finding).describe('What is odd about the file'),
});

const opaqueOutput = z.object({
  file: z.string().describe('The file'),
  format: z.string().describe('What it is, by its id: docs/reference/formats.md'),
  title: z.string().describe('The same in words'),
  size: bytes.describe('Bytes of the file'),
  complete: z.literal(false).describe('Nothing of it was read'),
  opaque: z.string().describe('Why it was not read'),
  findings: z.array(finding).describe('What is odd about the file'),
});

const descriptionOutput = z.object({
  file: z.string().describe('The file'),
  format: z.string().describe('What describes the model in it: tokenizer-json, sentencepiece, model-config, …'),
  size: bytes.describe('Bytes of the file'),
  complete: z.literal(true).describe('It is read whole'),
  described: anything.describe('What it says; long lists by their length'),
  findings: z.array(finding).describe('What is odd about the file'),
});

export const output = z.union([packageOutput, fileOutput, opaqueOutput, descriptionOutput]);

export type PackageOutput = z.infer<typeof packageOutput>;
export type DescriptionOutput = z.infer<typeof descriptionOutput>;
export type FileOutput = z.infer<typeof fileOutput>;
export type OpaqueOutput = z.infer<typeof opaqueOutput>;
export type Output = PackageOutput | FileOutput | OpaqueOutput | DescriptionOutput;
