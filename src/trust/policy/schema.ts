/**
 * trust.yaml, version 1: the one definition from which come its types, its validation, its JSON
 * Schema (schemas/trust-1.schema.json) and its reference page. The file is the local root of trust:
 * whom to believe about which packages, and nothing that came with a package changes it.
 */
import { z } from 'zod';
import { section } from '../../base/yaml/section.ts';
import { isRepositoryName, REPOSITORY } from '../../oci/reference.ts';
import type { KeyAlgorithm } from '../keys/algorithms.ts';
import { WAYBILL_URI } from '../predicate-types.ts';
import { id, repositoryPattern, span, time, uri } from './texts.ts';

/** The major version that this Waybill reads. */
export const TRUST_FILE_VERSION = 1;

/** Roles of keys in a policy; logs have a section of their own. */
export const policyRoles = ['publisher', 'trainer', 'evaluator', 'gate', 'approver'] as const;

export type PolicyRole = (typeof policyRoles)[number];

/** Each statement without a known hint is tried with every key: some hundred of both take a second. */
const MAX_KEYS = 200;
/** A rule for each of a thousand models; more are patterns. */
const MAX_REPOSITORIES = 1000;
/** Each is a line of the answer that a person reads. */
const MAX_REQUIREMENTS = 50;
/** More than anybody runs; each is asked for a proof of each statement. */
const MAX_LOGS = 8;
/** As many signatures as readers of signed notes must accept. */
const MAX_WITNESSES = 16;
/** Names that one model had in its life. */
const MAX_ALIASES = 20;
/** A PEM text of the largest curve has 270 characters, a chain of roots some thousand. */
const MAX_PEM_LENGTH = 64 * 1024;

const algorithmIds = ['ecdsa-p256', 'ecdsa-p384', 'ecdsa-p521', 'ed25519'] as const satisfies readonly KeyAlgorithm[];

const role = z
  .enum(policyRoles)
  .describe('What it speaks for. One key, one role: a statement by a key of another role satisfies nothing.');

const notBefore = time
  .optional()
  .describe('Valid from then on: a date (its first instant) or a time in UTC, `2026-01-01T00:00:00Z`.');
const notAfter = time
  .optional()
  .describe(
    'Valid until then: a date (its last instant) or a time in UTC. A statement counts after it only if witnesses of a log saw it before.',
  );

const publicKeyKeys = {
  file: z.string().min(1).optional().describe('File with the public key, PEM or DER, relative to trust.yaml.'),
  spki: z.string().min(1).max(MAX_PEM_LENGTH).optional().describe('The public key itself, PEM.'),
};

const isOneOf = (value: { readonly file?: unknown; readonly spki?: unknown }) =>
  (value.file === undefined) !== (value.spki === undefined);
const ONE_OF = 'exactly one of file and spki';
/** The same as a JSON Schema says it. */
const EITHER = { oneOf: [{ required: ['file'] }, { required: ['spki'] }] };

const key = section({
  id: id.describe('Its name in answers.'),
  role,
  ...publicKeyKeys,
  notBefore,
  notAfter,
})
  .refine(isOneOf, ONE_OF)
  .meta(EITHER);

const identity = section({
  id: id.describe('Its name in answers.'),
  role,
  roots: z
    .string()
    .min(1)
    .describe('File with the root certificates that it is issued under, PEM, relative to trust.yaml.'),
  san: z
    .string()
    .min(1)
    .max(1000)
    .describe(
      'The subject alternative name that the certificate must have, exactly: an e-mail address, a URI or a DNS name. No pattern.',
    ),
  notBefore,
  notAfter,
});

const requirement = section({
  role,
  predicateType: uri.describe('What must be stated, by the URI of its kind.'),
  result: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'The result that it must state: `PASSED`. Required for kinds that can also say no: verification summaries, test results, approvals.',
    ),
  where: z
    .record(z.string().min(1).max(100), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe(
      'Members that the predicate must have at its top, with exactly these values: `{ environment: production }`.',
    ),
  threshold: z
    .number()
    .int()
    .min(1)
    .max(MAX_KEYS)
    .optional()
    .describe('By how many different keys or identities it must be stated. Default: 1.'),
  maxAge: span
    .optional()
    .describe('How old it may be: `90d`, `12h`, `30m`. By what it says of its time; one that says none is too old.'),
});

const repository = section({
  match: repositoryPattern.describe(
    'Which repositories: `acme/digits`, `acme/*` (one part), `acme/**` (any number of parts), `**` (all); with a host only those of that registry. The most specific one that fits counts, alone; without one nothing passes.',
  ),
  aliases: z
    .array(
      z
        .string()
        .refine((text) => isRepositoryName(text), 'a package name, as acme/digits')
        .meta({ pattern: REPOSITORY.source }),
    )
    .max(MAX_ALIASES)
    .optional()
    .describe(
      'Other names that a package here may state of itself: of a mirror, or from before it moved. Only where `match` is one repository.',
    ),
  anyName: z
    .boolean()
    .optional()
    .describe(
      'Says that nothing has to bind the name: then any package that satisfies the rest passes under any name that fits. Needed where no `package/v1` statement is required.',
    ),
  require: z
    .array(requirement)
    .min(1, 'at least one requirement')
    .max(MAX_REQUIREMENTS)
    .describe('What must be stated about the package, all of it. What is missing is not satisfied.'),
});

const log = section({
  origin: z.string().min(1).max(255).describe('Its name, the first line of its checkpoints: `log.example/models`.'),
  vkey: z.string().min(1).max(1000).describe('Its key, as C2SP signed notes write one: `NAME+HASH+KEY`.'),
  required: z
    .boolean()
    .optional()
    .describe('Whether each statement that counts must be proved to be in it. Default: false.'),
  url: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Where it can be read: `https://…`, or a folder relative to trust.yaml. With it, a log that does not continue what was seen before is refused.',
    ),
  checkpoint: z
    .string()
    .min(1)
    .max(MAX_PEM_LENGTH)
    .optional()
    .describe('A checkpoint that it must continue, the text itself: what was true when this file was written.'),
  witnesses: section({
    quorum: z.number().int().min(1).max(MAX_WITNESSES).describe('How many of them must have signed.'),
    vkeys: z
      .array(z.string().min(1).max(1000))
      .min(1)
      .max(MAX_WITNESSES)
      .describe('Their keys, as C2SP writes them for cosignatures.'),
  })
    .optional()
    .describe('Who confirms that everybody sees the same log, and when it was seen.'),
});

const revocations = section({
  source: z.string().min(1).describe('Where the list is: a file relative to trust.yaml, or `https://…`.'),
  key: section(publicKeyKeys)
    .refine(isOneOf, ONE_OF)
    .meta(EITHER)
    .describe(
      'The key that signs it; none of `keys`: whoever steals one of those must not be able to take its revocation back.',
    ),
  maxAge: span.describe('How old the list may be: `7d`. With an older one it cannot be told whom to believe.'),
});

export const TrustFile = section({
  trust: z
    .number()
    .refine((version) => Math.trunc(version) === TRUST_FILE_VERSION, 'the version of this file: 1')
    .meta({
      description: 'Version of the file format: 1.',
      minimum: TRUST_FILE_VERSION,
      exclusiveMaximum: TRUST_FILE_VERSION + 1,
    }),
  keys: z.array(key).max(MAX_KEYS).optional().describe('Public keys, each with the one role that it has.'),
  identities: z
    .array(identity)
    .max(MAX_KEYS)
    .optional()
    .describe('Holders of certificates, each with the one role that it has.'),
  repositories: z
    .array(repository)
    .min(1, 'at least one repository')
    .max(MAX_REPOSITORIES)
    .describe('What must be stated about which packages.'),
  logs: z.array(log).max(MAX_LOGS).optional().describe('Transparency logs.'),
  revocations: revocations
    .optional()
    .describe(
      'A signed list of keys, statements and packages that are believed no more (`waybill trust revoke`). Nothing else takes anything back.',
    ),
  algorithms: z
    .array(z.enum(algorithmIds))
    .min(1)
    .optional()
    .describe('Kinds of keys whose signatures count. Default: the three of ECDSA and Ed25519.'),
});

export type TrustFile = z.infer<typeof TrustFile>;

/** The published schema: JSON Schema 2020-12. */
export function trustFileSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(TrustFile, { target: 'draft-2020-12' });
  const $id = `${WAYBILL_URI}schemas/trust-${TRUST_FILE_VERSION}.schema.json`;
  return { ...schema, $id, title: 'trust.yaml, version 1' };
}
