/** The section `environment` of waybill.yaml, version 1: what a machine must have, and the locks of what is installed on it. */
import { z } from 'zod';
import { section } from '../../base/yaml/section.ts';
import { isName, normalizeName } from '../environment/python/name.ts';
import { problemOfRange, RANGE_PATTERN } from '../environment/python/specifiers.ts';
import { filePath } from './texts.ts';

/** The longest ranges in use leave out some dozen broken releases. */
const MAX_RANGE_LENGTH = 4000;

/** Versions in the form of PEP 440, refused where they stand if they are none. */
const range = z
  .string()
  .max(MAX_RANGE_LENGTH)
  .refine((text) => problemOfRange(text) === undefined, problemOfRange('') ?? '')
  .meta({ pattern: RANGE_PATTERN });

/** Of a library no range may be asked for at all. */
const libraryRange = z
  .string()
  .max(MAX_RANGE_LENGTH)
  .refine((text) => text.trim() === '' || problemOfRange(text) === undefined, `${problemOfRange('')}, or an empty text`)
  .meta({ pattern: `^\\s*$|${RANGE_PATTERN}` });

const libraries = z
  .record(z.string().refine(isName, 'the name of a Python package'), libraryRange)
  .refine(
    (value) => new Set(Object.keys(value).map(normalizeName)).size === Object.keys(value).length,
    'each library once (NumPy and numpy are one)',
  )
  .meta({ propertyNames: { pattern: '^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$' } });

const accelerator = section({
  kind: z.enum(['cuda', 'rocm', 'metal']).describe('Kind of accelerator.'),
  count: z.number().int().min(1).optional().describe('How many are needed; 1 if absent.'),
  memoryMiB: z.number().positive().optional().describe('Memory of each, in MiB.'),
  driver: range.optional().describe('Range of driver versions: `>=535`.'),
  computeCapability: z
    .string()
    .regex(/^[0-9]{1,3}(?:\.[0-9]{1,3})?$/, 'a compute capability in quotes ("8.0")')
    .optional()
    .describe('Smallest compute capability, of `cuda`: `"8.0"`.'),
});

const libc = section({
  glibc: range.optional().describe('Range of versions of the GNU C library, if it may be that.'),
  musl: range.optional().describe('Range of versions of musl, if it may be that.'),
})
  .refine((value) => value.glibc !== undefined || value.musl !== undefined, 'glibc, musl or both')
  .meta({ anyOf: [{ required: ['glibc'] }, { required: ['musl'] }] });

export const environment = section({
  requires: section({
    os: z
      .array(z.enum(['linux', 'darwin', 'windows']))
      .optional()
      .describe('Operating systems, any of them.'),
    architecture: z
      .array(z.enum(['amd64', 'arm64']))
      .optional()
      .describe('Processor architectures, any of them.'),
    libc: libc.optional().describe('C library that native code was built for; only Linux has several.'),
    cpuFeatures: z
      .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "a feature in Linux' words (avx2, asimd)"))
      .optional()
      .describe(
        "Features the processor must have, all of them, in Linux' words: `avx2`, `avx512f`, `amx_tile`, `asimd`.",
      ),
    memoryMiB: z.number().positive().optional().describe('Memory, in MiB.'),
    diskMiB: z.number().positive().optional().describe('Free room on the disk, in MiB.'),
    accelerator: accelerator.optional().describe('Accelerator that is needed.'),
    python: range.optional().describe('Versions of Python, as PEP 440 has ranges: `>=3.11`.'),
    libraries: libraries.optional().describe('Python libraries with PEP 440 ranges; an empty text takes any version.'),
    node: range.optional().describe('Versions of Node, in the same form: `>=24`.'),
    baseImage: z
      .string()
      .regex(/@sha256:[0-9a-f]{64}$/, 'an image with its digest (python@sha256:…)')
      .optional()
      .describe('Container image to start from, by digest.'),
  })
    .optional()
    .describe('What a machine must have. `waybill compat` compares it with a machine.'),
  locks: z
    .array(filePath)
    .optional()
    .describe(
      'Lock files of the dependencies: `requirements.txt`, `uv.lock`, `poetry.lock`, `pylock.toml`, `pyproject.toml`.',
    ),
}).describe('Where the model runs.');

export type Requires = NonNullable<z.infer<typeof environment>['requires']>;
