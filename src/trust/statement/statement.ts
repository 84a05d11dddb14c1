/** in-toto statements, version 1 (in-toto Attestation Framework, "Statement"): what is said about which content. */
import { canonicalJson, type JsonValue } from '../../base/canonical-json.ts';
import { WaybillError } from '../../base/errors.ts';
import { type Digest, encodedOf } from '../../oci/digest.ts';
import { asJsonObject, type JsonObject, objectWith, parseSignedJson } from '../encoding/signed-json.ts';

/** What a statement is about, by digest; its name tells people, not programs. */
export interface Subject {
  readonly name: string | undefined;
  /** Lower-case hex by the name of its algorithm. */
  readonly digest: Readonly<Record<string, string>>;
}

export interface Statement {
  /** `v0.1` is what `cosign attest` still writes: read, never written. */
  readonly version: 'v1' | 'v0.1';
  readonly subjects: readonly Subject[];
  /** A URI: which kind of thing is said. */
  readonly predicateType: string;
  readonly predicate: JsonObject;
}

const VERSIONS: Readonly<Record<string, Statement['version']>> = {
  'https://in-toto.io/Statement/v1': 'v1',
  'https://in-toto.io/Statement/v0.1': 'v0.1',
};

/** cosign and sigstore-go refuse more. */
const MAX_SUBJECTS = 1024;

/** URIs of predicate types have 40 to 80 characters. */
const MAX_PREDICATE_TYPE_LENGTH = 1024;

/** in-toto, "ResourceDescriptor". */
const DESCRIPTOR = ['name', 'uri', 'digest', 'content', 'downloadLocation', 'mediaType', 'annotations'];

/**
 * Reads the payload of an envelope of type `application/vnd.in-toto+json`.
 * @throws WaybillError STATEMENT_INVALID
 */
export function parseStatement(payload: Uint8Array): Statement {
  const what = 'the statement';
  const object = objectWith(
    parseSignedJson(payload, what, 'STATEMENT_INVALID'),
    ['_type', 'subject', 'predicateType', 'predicate'],
    what,
    'STATEMENT_INVALID',
  );
  const { _type: type, subject, predicateType, predicate = {} } = object;
  const version = typeof type === 'string' && Object.hasOwn(VERSIONS, type) ? VERSIONS[type] : undefined;
  if (version === undefined) throw invalid(what, `its _type is ${JSON.stringify(type)}, not an in-toto statement`);
  if (!isPredicateType(predicateType)) throw invalid(what, 'its predicateType is not a URI');
  if (!Array.isArray(subject) || subject.length === 0 || subject.length > MAX_SUBJECTS)
    throw invalid(what, `it must have 1 to ${MAX_SUBJECTS} subjects`);
  return {
    version,
    subjects: subject.map((item: unknown, at) => parseSubject(item, `${what}, subject[${at}]`)),
    predicateType,
    predicate: asJsonObject(predicate, `${what}, predicate`, 'STATEMENT_INVALID'),
  };
}

/**
 * The payload of a statement about one piece of content, in canonical JSON.
 * @param name what people call the subject
 */
export function writeStatement(
  { name, digest }: { readonly name: string; readonly digest: Digest },
  predicateType: string,
  predicate: JsonValue,
): Buffer {
  if (!isPredicateType(predicateType)) throw invalid('the statement', 'its predicateType is not a URI');
  return Buffer.from(
    canonicalJson({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name, digest: { [digest.slice(0, digest.indexOf(':'))]: encodedOf(digest) } }],
      predicateType,
      predicate,
    }),
  );
}

/** Whether one of the subjects is this content, by the digest that names it here. */
export function isAbout({ subjects }: Pick<Statement, 'subjects'>, digest: Digest): boolean {
  const algorithm = digest.slice(0, digest.indexOf(':'));
  return subjects.some((subject) => subject.digest[algorithm] === encodedOf(digest));
}

function isPredicateType(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= MAX_PREDICATE_TYPE_LENGTH &&
    /^[a-zA-Z][a-zA-Z0-9+.-]*:[!-~]+$/.test(value)
  );
}

function parseSubject(value: unknown, what: string): Subject {
  const { name, digest } = objectWith(value, DESCRIPTOR, what, 'STATEMENT_INVALID');
  if (name !== undefined && typeof name !== 'string') throw invalid(what, 'its name is not text');
  const digests = Object.entries(asJsonObject(digest, `${what}, digest`, 'STATEMENT_INVALID'));
  if (digests.length === 0) throw invalid(what, 'it has no digest');
  for (const [algorithm, hex] of digests) {
    if (typeof hex !== 'string' || !/^[0-9a-f]+$/.test(hex) || (algorithm === 'sha256' && hex.length !== 64))
      throw invalid(what, `its ${JSON.stringify(algorithm)} is not lower-case hex of the right length`);
  }
  return { name, digest: Object.fromEntries(digests) as Record<string, string> };
}

function invalid(what: string, found: string): WaybillError {
  return new WaybillError('STATEMENT_INVALID', `Cannot read ${what}: ${found}`);
}
