/** Descriptors: OCI image specification, "Descriptors". */
import { WaybillError } from '../base/errors.ts';
import { type Digest, isDigest } from './digest.ts';

export type Annotations = { readonly [key: string]: string };

/** What content is and how to know it: type, digest and length in bytes. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Annotations;
}

const FIELDS = ['mediaType', 'digest', 'size', 'artifactType', 'annotations', 'urls', 'data', 'platform'];

/** RFC 6838 §4.2: restricted names, at most 127 characters each. */
const MEDIA_TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;

/**
 * Reads a descriptor out of parsed JSON. Unknown members are ignored, as the specification asks;
 * `urls` too: content comes from the store it was asked of and from nowhere else (CVE-2020-15157).
 * @param where the place in the document, for the message
 * @throws WaybillError MANIFEST_INVALID or DIGEST_INVALID
 */
export function parseDescriptor(value: unknown, where: string): Descriptor {
  const object = asObject(value, where, FIELDS);
  const { mediaType, digest, size, artifactType, annotations } = object;
  if (typeof mediaType !== 'string' || !MEDIA_TYPE.test(mediaType)) {
    throw invalid(where, 'mediaType is not a media type');
  }
  if (!isDigest(digest)) {
    throw new WaybillError('DIGEST_INVALID', `Cannot read ${where}: digest is not sha256:<64 hex> or sha512:<128 hex>`);
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
    throw invalid(where, 'size is not a whole number of bytes');
  }
  if (artifactType !== undefined && typeof artifactType !== 'string') {
    throw invalid(where, 'artifactType is not text');
  }
  return {
    mediaType,
    digest,
    size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations: parseAnnotations(annotations, where) }),
  };
}

/** @throws WaybillError MANIFEST_INVALID unless all values are text */
export function parseAnnotations(value: unknown, where: string): Annotations {
  const object = asObject(value, `${where}, annotations`, []);
  for (const [key, text] of Object.entries(object)) {
    if (typeof text !== 'string') throw invalid(where, `annotation ${JSON.stringify(key)} is not text`);
  }
  return object as Annotations;
}

/** Go's encoding/json folds by Unicode: `ſ` is an s to it. */
const foldKey = (key: string) => key.toUpperCase().toLowerCase();

/**
 * A JSON object whose known members are written exactly so: Go reads `MediaType` as `mediaType`,
 * JavaScript does not, and the two would see different documents.
 */
export function asObject(value: unknown, where: string, fields: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(where, 'it is not a JSON object');
  for (const key of Object.keys(value)) {
    if (fields.includes(key)) continue;
    const alike = fields.find((field) => foldKey(field) === foldKey(key));
    if (alike !== undefined) throw invalid(where, `the member ${JSON.stringify(key)} could be read as ${alike}`);
  }
  return { ...value };
}

export function invalid(where: string, found: string): WaybillError {
  return new WaybillError('MANIFEST_INVALID', `Cannot read ${where}: ${found}`);
}
