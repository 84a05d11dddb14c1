/**
 * A target, version 1: what is known of a machine that a model is to run on. The one definition from which come its
 * types, its validation, its JSON Schema (schemas/target-1.schema.json) and its reference page. What is absent is not
 * known; what is known to be absent is `null`, or an empty list.
 */
import { z } from 'zod';
import { section } from '../../../base/yaml/section.ts';
import { SCHEMA_BASE } from '../../waybill-file/schema.ts';
import { TARGET_VERSION } from './version.ts';

export const TARGET_SCHEMA_URL = `${SCHEMA_BASE}target-${TARGET_VERSION}.schema.json`;

const text = z.string().min(1).max(1000);
const mebibytes = z.number().min(0);

const accelerator = section({
  kind: z.enum(['cuda', 'rocm', 'metal']).describe('Kind of accelerator.'),
  name: text.optional().describe('Its model.'),
  count: z.number().int().min(1).optional().describe('How many of them there are; 1 if absent.'),
  memoryMiB: mebibytes.optional().describe('Memory of each, in MiB.'),
  driver: text.optional().describe('Version of its driver.'),
  runtime: text.optional().describe('Newest version of CUDA that the driver takes, or of ROCm that is installed.'),
  computeCapability: text.optional().describe('Compute capability, of `cuda`: `"8.0"`.'),
  architecture: text.optional().describe('Architecture, of `rocm`: `gfx942`.'),
});

const python = section({
  version: text.describe('Its version: `3.12.4`.'),
  implementation: text.optional().describe('`cpython`, `pypy`.'),
  executable: text.optional().describe('The program that was asked.'),
  packages: z.record(text, text).optional().describe('Versions of the distributions that it finds, by name.'),
});

export const Target = section({
  target: z
    .number()
    .refine((version) => Math.trunc(version) === TARGET_VERSION, 'the version of this file: 1')
    .meta({
      description: 'Version of the file format: 1.',
      minimum: TARGET_VERSION,
      exclusiveMaximum: TARGET_VERSION + 1,
    }),
  name: text.optional().describe('What people call it: `edge-1`.'),
  os: z.enum(['linux', 'darwin', 'windows']).optional().describe('Operating system.'),
  distribution: text.optional().describe('Name and version of the system: `Debian GNU/Linux 12 (bookworm)`.'),
  kernel: text.optional().describe('Release of the kernel, as `uname -r` says it.'),
  architecture: z
    .string()
    .regex(/^[a-z0-9_]{1,32}$/, 'an architecture as containers name it (amd64, arm64)')
    .optional()
    .describe('Processor architecture, as containers name it: `amd64`, `arm64`.'),
  libc: section({
    kind: z.enum(['glibc', 'musl']).describe('Which.'),
    version: text.optional().describe('Its version.'),
  })
    .optional()
    .describe('C library, of Linux.'),
  cpu: section({
    model: text.optional().describe('Its model.'),
    count: z.number().int().min(1).optional().describe('Logical processors that are online.'),
    quota: z.number().positive().optional().describe('How many of them may be used at once, where a cgroup limits it.'),
    features: z.array(text).optional().describe("Its features in Linux' words: `avx2`, `amx_tile`, `asimd`."),
    hasAllFeatures: z
      .boolean()
      .optional()
      .describe(
        'Whether the list has all: where it is false, nobody can tell of a feature that is not in it. True if absent.',
      ),
  })
    .optional()
    .describe('Processor.'),
  memory: section({
    totalMiB: mebibytes.optional().describe('All of it, in MiB.'),
    limitMiB: mebibytes.optional().describe('What may be used, where a cgroup or a cluster limits it.'),
  })
    .optional()
    .describe('Memory.'),
  disk: section({ freeMiB: mebibytes.describe('Free room, in MiB, where the package is to go.') })
    .optional()
    .describe('Disk.'),
  accelerators: z.array(accelerator).max(1000).optional().describe('Accelerators; an empty list where there are none.'),
  containers: z
    .record(text, text)
    .optional()
    .describe('Versions of what runs containers: `docker`, `podman`, `containerd`, `nerdctl`, `cri-o`.'),
  kubernetes: text.optional().describe('Version of the kubelet, of a node in a cluster.'),
  python: python.nullable().optional().describe('The Python that would run the model; `null` where there is none.'),
  node: text.nullable().optional().describe('Version of Node; `null` where there is none.'),
});

export type Target = z.infer<typeof Target>;
export type Accelerator = NonNullable<Target['accelerators']>[number];

/** The published schema: JSON Schema 2020-12. */
export function targetSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(Target, { target: 'draft-2020-12' });
  return { ...schema, $id: TARGET_SCHEMA_URL, title: 'Target, version 1' };
}
