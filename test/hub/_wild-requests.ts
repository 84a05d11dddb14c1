/** Requests as nobody should send them, made from good ones by chance that can be played again. */
import { digestOf } from '../../src/oci/digest.ts';
import { IMAGE_INDEX, IMAGE_MANIFEST } from '../../src/oci/media-types.ts';
import type { Random } from '../_support/random.ts';
import { indexOf, type Known, manifestOf, pick } from './_known.ts';
import { wildManifest } from './_wild-manifests.ts';

export interface WildRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'PURGE', 'QUERY'];
const PIECES = [
  ...[
    '/',
    '//',
    '..',
    '/../',
    '/./',
    '%2e%2e%2f',
    '%2F',
    '%5c',
    '\\',
    '%00',
    '%0d%0a',
    '%',
    '%zz',
    '%E2%80%A8',
    '%c0%ae',
  ],
  ...['%25', ';', '?', '#', '&', '=', '+', ':', '@', '~', '_', '-', '.', '*', '"', '<script>', "'--", '{{x}}'],
  ...[
    'blobs',
    'manifests',
    'uploads',
    'tags/list',
    'referrers',
    'sha256:',
    'sha512:',
    '_manifests',
    '_tags',
    'hub.sqlite',
  ],
  ...['?n=1', '?n=-1', '?last=', '?digest=', '?mount=', '&from=', '?artifactType=', 'A', 'xn--', '%F0%9F%98%80'],
];
const RANGES = [
  '0-0',
  '0-9',
  '5-2',
  '-1',
  '0-',
  '-5',
  '9999999999999999-',
  '0-18446744073709551616',
  '1-2,3-4',
  'a-b',
  '',
];
const TYPES = [
  ...[
    IMAGE_MANIFEST,
    IMAGE_INDEX,
    'application/vnd.docker.distribution.manifest.v2+json',
    'application/json',
    'text/plain',
  ],
  ...[`${IMAGE_MANIFEST}; charset=utf-8`, ` ${IMAGE_MANIFEST} `, IMAGE_MANIFEST.toUpperCase(), '', ';', 'a/b/c'],
];

/** A request with good framing: everything else about it may be wrong. */
export function wildRequest(random: Random, known: Known): WildRequest {
  const turn = random.below(100);
  if (turn < 30) return reading(random, known);
  if (turn < 42) return listing(random, known);
  if (turn < 48)
    return simple('POST', `/v2/${name(random, known)}/blobs/uploads/${query(random, known)}`, bodyFor(random, 8));
  if (turn < 72) return uploading(random, known);
  if (turn < 88) return writingManifest(random, known);
  if (turn < 91) return deleting(random, known);
  return { ...reading(random, known), method: pick(random, METHODS), target: wildTarget(random, known) };
}

function simple(method: string, target: string, body: Buffer = Buffer.alloc(0)): WildRequest {
  return { method, target, headers: [], body };
}

function reading(random: Random, known: Known): WildRequest {
  const kind = pick(random, ['blobs', 'manifests', 'manifests'] as const);
  const what = kind === 'manifests' && random.below(2) === 0 ? tag(random, known) : digest(random, known);
  const headers: (readonly [string, string])[] = [];
  if (random.below(3) === 0)
    headers.push(['Range', `${pick(random, ['bytes=', 'bytes =', 'lines=', ''])}${pick(random, RANGES)}`]);
  if (random.below(6) === 0)
    headers.push(['If-None-Match', pick(random, ['*', `"${digest(random, known)}"`, 'W/"x"', ','])]);
  if (random.below(6) === 0) headers.push(['Accept', pick(random, TYPES)]);
  if (random.below(20) === 0) headers.push(['X-Wild', 'x'.repeat(random.below(8_000))]);
  return { ...simple(pick(random, ['GET', 'GET', 'HEAD']), `/v2/${name(random, known)}/${kind}/${what}`), headers };
}

function listing(random: Random, known: Known): WildRequest {
  const where = pick(random, ['tags/list', `referrers/${digest(random, known)}`, '../_catalog', 'tags/list/']);
  return simple(
    pick(random, ['GET', 'GET', 'HEAD', 'PUT']),
    `/v2/${name(random, known)}/${where}${query(random, known)}`,
  );
}

function uploading(random: Random, known: Known): WildRequest {
  const open = known.uploads.length > 0 && random.below(10) > 0 ? pick(random, known.uploads) : undefined;
  const target = open ?? `/v2/${name(random, known)}/blobs/uploads/${random.bytes(16).toString('hex')}`;
  const body = bodyFor(random, 40);
  const headers: (readonly [string, string])[] = [];
  if (random.below(3) === 0)
    headers.push(['Content-Range', pick(random, [...RANGES, `0-${Math.max(0, body.length - 1)}`])]);
  const method = pick(random, ['PATCH', 'PATCH', 'PATCH', 'PUT', 'PUT', 'PUT', 'GET', 'DELETE', 'POST']);
  const end = method !== 'PUT' ? '' : random.below(2) === 0 ? `?digest=${digestOf(body)}` : query(random, known);
  return { ...simple(method, `${target}${end}`, body), headers };
}

function writingManifest(random: Random, known: Known): WildRequest {
  const { mediaType, text } = pick(random, known.manifests);
  const isGood = random.below(5) === 0;
  const body = isGood ? Buffer.from(text) : wildManifest(random, known, text);
  const reference = pick(random, [digestOf(body), tag(random, known), tag(random, known), digest(random, known)]);
  const tags = random.below(5) === 0 ? query(random, known) : '';
  const type = isGood || random.below(4) > 0 ? mediaType : pick(random, TYPES);
  return {
    ...simple('PUT', `/v2/${name(random, known)}/manifests/${reference}${tags}`, body),
    headers: [['Content-Type', type]],
  };
}

function deleting(random: Random, known: Known): WildRequest {
  const what = pick(random, [
    `manifests/${tag(random, known)}`,
    `manifests/${digest(random, known)}`,
    `blobs/${digest(random, known)}`,
  ]);
  return simple('DELETE', `/v2/${name(random, known)}/${what}`);
}

export function wildTarget(random: Random, known: Known): string {
  let target = pick(random, [
    `/v2/${name(random, known)}/blobs/${digest(random, known)}`,
    `/v2/${name(random, known)}/manifests/${tag(random, known)}`,
    '/v2/',
    '/readyz',
    ...known.uploads.slice(-1),
  ]);
  for (let edits = 1 + random.below(3); edits > 0; edits--) {
    const at = random.below(target.length + 1);
    target = `${target.slice(0, at)}${pick(random, PIECES)}${target.slice(at + random.below(4))}`;
  }
  return target.startsWith('/') ? target : `/${target}`;
}

function name(random: Random, known: Known): string {
  const turn = random.below(20);
  if (turn > 1) return pick(random, known.repositories);
  const made = `${pick(random, known.repositories)}${pick(random, PIECES)}${pick(random, ['', 'x', '/x'])}`;
  return turn === 0 ? made : 'n'.repeat(random.below(300)) || 'n';
}

function tag(random: Random, known: Known): string {
  return random.below(5) > 0 ? pick(random, known.tags) : `${pick(random, known.tags)}${pick(random, PIECES)}`;
}

function digest(random: Random, known: Known): string {
  const turn = random.below(12);
  if (turn > 2 && known.digests.length > 0) return pick(random, known.digests);
  if (turn === 0) return `sha512:${random.bytes(64).toString('hex')}`;
  const hex = random.bytes(32).toString('hex');
  return turn === 1
    ? `sha256:${hex}`
    : pick(random, [`sha256:${hex}0`, `SHA256:${hex}`, `md5:${hex}`, `sha256%3A${hex}`, hex]);
}

function query(random: Random, known: Known): string {
  const parts = Array.from({ length: random.below(4) }, () => {
    const key = pick(random, ['digest', 'mount', 'from', 'n', 'last', 'artifactType', 'tag', 'tag', 'x', '%6e']);
    const value = pick(random, [
      digest(random, known),
      tag(random, known),
      name(random, known),
      '0',
      '1',
      '-1',
      '1e9',
      pick(random, PIECES),
    ]);
    return `${key}=${value}`;
  });
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** Mostly small; of few kinds, so that digests meet again. @param share of a hundred that have one */
function bodyFor(random: Random, share: number): Buffer {
  if (random.below(100) >= share + 40) return Buffer.alloc(0);
  return Buffer.alloc(pick(random, [0, 1, 7, 100, 100, 5_000, 70_000]), `body ${random.below(6)} `);
}

/** Good content, for the fuzzer to begin with. */
export function goodManifests(random: Random) {
  const config = Buffer.from('{}');
  const images = Array.from({ length: 6 }, (_, at) =>
    manifestOf([config, Buffer.from(`layer ${at}`), random.bytes(50 * at)]),
  );
  const [first] = images;
  if (first === undefined) throw new RangeError('no image');
  const signed = manifestOf([config, Buffer.from('signature')], first);
  return [...images, signed, indexOf(images.slice(0, 3))];
}
