/**
 * Referrers of one kind, each with its one layer, read in bounded numbers. Whoever may push can attach: what is wrong
 * with one of them is told with it, and never hides the others.
 */
import { type ErrorCode, WaybillError } from '../../base/errors.ts';
import { inParallel } from '../../base/parallel.ts';
import type { Annotations, Descriptor } from '../../oci/descriptor.ts';
import { type Index, MAX_MANIFEST_SIZE, type Manifest, parseManifest } from '../../oci/manifest.ts';
import type { ArtifactStore } from '../../oci/store.ts';
import { readContent } from '../../oci/verified.ts';
import { EMPTY_CONFIG } from './media-types.ts';

/** As for copies: who attaches more wants a reader to give up, or to see only a part. */
const MAX_ATTACHED = 1_000;
/** As for copies, of all statements about an artifact together: they are in memory at once. */
const MAX_STATEMENT_BYTES = 256 * 1024 * 1024;
/** A registry answers one question in the time of a round trip. */
const QUESTIONS_AT_ONCE = 16;

export interface Attached {
  readonly referrer: Descriptor;
  readonly annotations: Annotations;
  /** Bytes of its one layer, held to their digest; or why there are none. */
  readonly content: Buffer | WaybillError;
}

export interface Wanted {
  /** Whether a layer of this media type is what is looked for. */
  isWanted(mediaType: string): boolean;
  /** Bytes that one may have. */
  readonly limit: number;
  /** One of them, in the reader's words. */
  readonly what: string;
}

/**
 * Reads every referrer of a subject whose layer is wanted.
 * @throws WaybillError TRUST_UNDECIDED when there are too many, and as the store cannot be read
 */
export async function readAttached(
  store: ArtifactStore,
  subject: Descriptor,
  wanted: Wanted,
): Promise<readonly Attached[]> {
  const listed = (await store.referrers(subject)).filter((referrer) => couldBe(referrer, wanted));
  const referrers = [...new Map(listed.map((referrer) => [referrer.digest, referrer])).values()];
  if (referrers.length > MAX_ATTACHED)
    throw undecided(subject, `more than ${MAX_ATTACHED} of what is attached could be a ${wanted.what}`);
  const opened = await inParallel(referrers, QUESTIONS_AT_ONCE, (referrer) => openReferrer(store, referrer, wanted));
  const found = opened.filter((entry) => entry !== undefined);
  const isSmall = ({ size }: Descriptor) => size <= wanted.limit;
  checkTogether(subject, found.flatMap(({ layer }) => (layer instanceof WaybillError ? [] : [layer])).filter(isSmall));
  return inParallel(found, QUESTIONS_AT_ONCE, async ({ layer, ...entry }) => {
    if (layer instanceof WaybillError) return { ...entry, content: layer };
    const content = await orProblem(() => readContent(store, layer, wanted.limit, `${wanted.what} ${layer.digest}`));
    return { ...entry, content };
  });
}

/** @throws WaybillError TRUST_UNDECIDED when layers have more bytes together than are read */
export function checkTogether(subject: Descriptor, layers: readonly Descriptor[]): void {
  if (layers.length > MAX_ATTACHED) throw undecided(subject, `more than ${MAX_ATTACHED} statements are attached to it`);
  if (layers.reduce((sum, { size }) => sum + size, 0) > MAX_STATEMENT_BYTES)
    throw undecided(subject, `what is attached has more than ${MAX_STATEMENT_BYTES} bytes`);
}

/** Codes of content that is not what it should be, which somebody put there; not of a store that cannot be read. */
const contentCodes: readonly ErrorCode[] = [
  'BLOB_UNKNOWN',
  'BUNDLE_INVALID',
  'CERTIFICATE_INVALID',
  'DIGEST_INVALID',
  'LIMIT_EXCEEDED',
  'MANIFEST_INVALID',
  'SIGNATURE_INVALID',
  'SIZE_INVALID',
  'STATEMENT_INVALID',
  'UNSUPPORTED',
];

/**
 * What `read` gives, or what is wrong with the content.
 * @throws everything else: a store that cannot be read holds more than it says
 */
export async function orProblem<Result>(read: () => Result | Promise<Result>): Promise<Result | WaybillError> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof WaybillError && contentCodes.includes(error.code)) return error;
    throw error;
  }
}

/** By the type that the list says. Where it says none, or the empty one, only the manifest tells. */
function couldBe({ artifactType }: Descriptor, { isWanted }: Wanted): boolean {
  return artifactType === undefined || artifactType === EMPTY_CONFIG || isWanted(artifactType);
}

interface Opened {
  readonly referrer: Descriptor;
  readonly annotations: Annotations;
  readonly layer: Descriptor | WaybillError;
}

/** @returns undefined for what says nowhere that it is wanted */
async function openReferrer(
  store: ArtifactStore,
  referrer: Descriptor,
  { isWanted, what }: Wanted,
): Promise<Opened | undefined> {
  const { artifactType = '', annotations = {} } = referrer;
  const read = await orProblem(() => readManifest(store, referrer));
  if (read instanceof WaybillError) return { referrer, annotations, layer: read };
  const layers = read.kind === 'manifest' ? read.layers : [];
  const [layer] = layers;
  const only = layers.length === 1 ? layer : undefined;
  if (only !== undefined && isWanted(only.mediaType)) return { referrer, annotations: read.annotations, layer: only };
  const isSaid = isWanted(artifactType) || isWanted(read.artifactType ?? '');
  if (!isSaid && !layers.some(({ mediaType }) => isWanted(mediaType))) return undefined;
  const found =
    only === undefined
      ? `its manifest has ${layers.length} layers, one is needed`
      : `its layer is ${JSON.stringify(only.mediaType)}`;
  const problem = new WaybillError('MANIFEST_INVALID', `Cannot read ${what} ${referrer.digest}: ${found}`);
  return { referrer, annotations: read.annotations, layer: problem };
}

export async function readManifest(store: ArtifactStore, target: Descriptor): Promise<Manifest | Index> {
  const bytes = await readContent(store, target, MAX_MANIFEST_SIZE, `manifest ${target.digest}`);
  return parseManifest(bytes, target.mediaType);
}

function undecided(subject: Descriptor, found: string): WaybillError {
  return new WaybillError('TRUST_UNDECIDED', `Cannot tell what is attached to ${subject.digest}: ${found}`, {
    hint: 'Whoever may push can attach. waybill copy --no-referrers to another name leaves all of it behind',
  });
}
