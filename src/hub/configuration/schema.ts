/**
 * hub.yaml, version 1: the one definition from which come its types, its validation, its JSON Schema
 * (schemas/hub-1.schema.json) and its reference page.
 */
import { z } from 'zod';
import { section } from '../../base/yaml/section.ts';
import { SCHEMA_BASE } from '../../model/waybill-file/schema.ts';
import { isTagRule, TAG_RULE_FORM } from '../registry/tag-rules.ts';

/** The major version that this Waybill reads. */
export const HUB_FILE_VERSION = 1;

const HOUR_LIMIT = 24 * 366;
/** Large servers have as many cores. */
const MAX_PROCESSES = 256;

const address = z
  .string()
  .regex(/^(?:(?:\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+):)?\d{1,5}$/, 'HOST:PORT, [IPV6]:PORT or PORT')
  .describe('Where the hub listens: `HOST:PORT`; port 0 picks a free one. Default: `127.0.0.1:5000`.');

const tls = section({
  certificate: z.string().min(1).describe('File with the certificate and its chain, PEM.'),
  key: z.string().min(1).describe('File with the private key, PEM.'),
}).describe('Serves HTTPS itself. Both files are read when the hub starts; paths are relative to hub.yaml.');

const access = section({
  anonymous: z
    .enum(['nothing', 'pull', 'everything'])
    .optional()
    .describe(
      'What somebody without a name may do. Default: `everything` on an address of this machine as long as there are no users, else `nothing`.',
    ),
  behindTlsProxy: z
    .boolean()
    .optional()
    .describe(
      'Says that a proxy with TLS stands in front: without TLS of its own, the hub listens on addresses that others reach only then, because passwords would travel readably.',
    ),
}).describe(
  'Who may do what without a name. Users and tokens are made with `waybill hub user` and `waybill hub token`.',
);

const tags = section({
  immutable: z
    .array(z.string().refine(isTagRule, 'REPOSITORIES:TAGS, as **:v* or acme/*:*').meta({ pattern: TAG_RULE_FORM }))
    .max(100)
    .optional()
    .describe(
      'Tags that are set once and then neither moved nor deleted: patterns `REPOSITORIES:TAGS`, as `**:v*` or `acme/*:*`.',
    ),
}).describe('Rules for tags.');

const names = section({
  lookAlikes: z
    .enum(['refuse', 'allow'])
    .optional()
    .describe(
      'What is done about a new repository whose name looks like that of another: `-`, `_` and `.` do not count, `0` is read as `o`, `1` and `l` as `i`, `rn` as `m`, `vv` as `w`. Names that differ in their numbers (`model-1.0`, `model-10`) are no look-alikes, and repositories that are there stay as they are. Default: `refuse`.',
    ),
}).describe('Rules for names of repositories.');

const collection = section({
  graceHours: z
    .number()
    .min(0)
    .max(HOUR_LIMIT)
    .optional()
    .describe('How long content that nothing names is kept, and an upload on which nothing arrives. Default: 24.'),
  everyMinutes: z
    .number()
    .min(1)
    .max(HOUR_LIMIT * 60)
    .optional()
    .describe('How often garbage is collected while the hub runs. Default: 60.'),
}).describe('Garbage collection.');

const limits = section({
  blobBytes: z
    .number()
    .int()
    .min(1)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('The largest blob that may be uploaded, in bytes. Default: 1 TiB.'),
}).describe('What requests may ask for.');

export const HubFile = section({
  hub: z
    .number()
    .refine((version) => Math.trunc(version) === HUB_FILE_VERSION, 'the version of this file: 1')
    .meta({
      description: 'Version of the file format: 1.',
      minimum: HUB_FILE_VERSION,
      exclusiveMaximum: HUB_FILE_VERSION + 1,
    }),
  listen: address.optional(),
  data: z
    .string()
    .min(1)
    .optional()
    .describe("Folder of all that the hub keeps, relative to hub.yaml. Default: in the user's data folder."),
  url: z
    .string()
    .regex(/^https?:\/\/[A-Za-z0-9.:[\]-]+$/, 'https://HOST or https://HOST:PORT, without a path')
    .optional()
    .describe('The hub as clients reach it, as `https://hub.example`. Default: what each request was sent to.'),
  tls: tls.optional(),
  processes: z
    .number()
    .int()
    .min(1)
    .max(MAX_PROCESSES)
    .optional()
    .describe(
      'How many processes serve, for machines of several cores; each takes some 80 MiB of memory. With more than one, the first hands out connections and collects garbage. Default: 1.',
    ),
  access: access.optional(),
  tags: tags.optional(),
  names: names.optional(),
  collection: collection.optional(),
  limits: limits.optional(),
});

export type HubFile = z.infer<typeof HubFile>;

/** The published schema: JSON Schema 2020-12. */
export function hubFileSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(HubFile, { target: 'draft-2020-12' });
  return { ...schema, $id: `${SCHEMA_BASE}hub-${HUB_FILE_VERSION}.schema.json`, title: 'hub.yaml, version 1' };
}
