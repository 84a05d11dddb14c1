/**
 * A large hub made in a minute: rows straight into its database, and files that share their blocks as
 * hard links. What lists, starting and garbage collection look at is as in a hub that grew; the
 * content of manifests is not, and nobody asks for it.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface HubSize {
  readonly manifests: number;
  readonly referrers: number;
  readonly tags: number;
}

export interface FilledHub {
  /** What the referrers refer to, and the one in the middle of their list. */
  readonly subject: string;
  readonly middleReferrer: string;
  readonly middleTag: string;
}

export const REFERRED = 'bench/referred';
export const TAGGED = 'bench/tagged';

const REPOSITORIES = 100;
/** Tags point to so many manifests, which lie in their repository. */
const TAGGED_MANIFESTS = 1_000;
/** Versions of a model share most layers. */
const MANIFESTS_OF_A_LAYER = 10;
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const MANIFEST_SIZE = 800;
/** ext4 takes 65,000 names for one file. */
const MAX_LINKS = 60_000;

/** @param folder of a hub that has started once and does not run */
export function fillHub(folder: string, { manifests, referrers, tags }: HubSize): FilledHub {
  using database = new DatabaseSync(path.join(folder, 'hub.sqlite'));
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; BEGIN');
  const repositories = [
    { name: REFERRED, count: referrers + 1 },
    { name: TAGGED, count: TAGGED_MANIFESTS },
    ...shares(manifests - referrers - 1 - TAGGED_MANIFESTS),
  ];
  const now = Date.now();
  const config = digestOf('config');
  const repository = database.prepare('insert into repository (id, name) values (?, ?)');
  const blob = database.prepare('insert or ignore into blob (digest, size) values (?, ?)');
  const child = database.prepare('insert into manifest_child (repository, manifest, child) values (?, ?, ?)');
  const manifest = database.prepare(
    'insert into manifest (repository, digest, media_type, artifact_type, size, subject, annotations, created) values (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const [addBlob, addMediaType] = [linker(folder, Buffer.alloc(MANIFEST_SIZE, ' ')), linker(folder, MANIFEST)];
  const addContent = (digest: string) => {
    if (blob.run(digest, MANIFEST_SIZE).changes === 1) addBlob(`blobs/${fan(digest)}`);
  };
  addContent(config);
  const subject = digestOf(`${REFERRED} 0`);
  for (const [index, { name, count }] of repositories.entries()) {
    const id = index + 1;
    repository.run(id, name);
    for (let number = 0; number < count; number++) {
      const digest = digestOf(`${name} ${number}`);
      const layer = digestOf(`${name} layer ${Math.floor(number / MANIFESTS_OF_A_LAYER)}`);
      const isReferrer = name === REFERRED && number > 0;
      const annotations = JSON.stringify({ 'org.opencontainers.image.created': '2026-01-01T00:00:00Z' });
      const type = 'application/vnd.bench.v1';
      manifest.run(id, digest, MANIFEST, type, MANIFEST_SIZE, isReferrer ? subject : null, annotations, now);
      for (const named of [config, layer]) child.run(id, digest, named);
      addContent(digest);
      addContent(layer);
      addMediaType(`repositories/${name}/_manifests/${digest.replace(':', '/')}`);
    }
  }
  addTags(database, folder, { repository: 2, tags });
  database.exec('COMMIT');
  const referring = database.prepare('select digest from manifest where subject = ? order by digest limit 1 offset ?');
  const middle = referring.get(subject, Math.floor(referrers / 2));
  return { subject, middleReferrer: String(middle?.['digest']), middleTag: tagOf(Math.floor(tags / 2)) };
}

function addTags(
  database: DatabaseSync,
  folder: string,
  { repository, tags }: { repository: number; tags: number },
): void {
  const tag = database.prepare('insert into tag (repository, name, digest) values (?, ?, ?)');
  const digests = Array.from({ length: TAGGED_MANIFESTS }, (_, number) => digestOf(`${TAGGED} ${number}`));
  const links = digests.map((digest) => ({ digest, add: linker(folder, digest) }));
  for (let number = 0; number < tags; number++) {
    const link = links[number % links.length];
    if (link === undefined) return;
    tag.run(repository, tagOf(number), link.digest);
    link.add(`repositories/${TAGGED}/_tags/${tagOf(number)}`);
  }
}

/** Gives files of one content their names. */
function linker(folder: string, content: string | Buffer): (name: string) => void {
  const made = new Set<string>();
  let links = 0;
  let first = '';
  return (name) => {
    const file = path.join(folder, name);
    const parent = path.dirname(file);
    if (!made.has(parent)) fs.mkdirSync(parent, { recursive: true });
    made.add(parent);
    if (links++ % MAX_LINKS === 0) {
      first = file;
      fs.writeFileSync(file, content);
    } else fs.linkSync(first, file);
  };
}

function shares(manifests: number): readonly { name: string; count: number }[] {
  return Array.from({ length: REPOSITORIES }, (_, index) => ({
    name: `bench/many-${index}`,
    count: Math.floor(manifests / REPOSITORIES) + (index < manifests % REPOSITORIES ? 1 : 0),
  }));
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** `sha256/ab/abcd…`: as the hub lays blobs. */
function fan(digest: string): string {
  const [algorithm, hex = ''] = digest.split(':');
  return `${algorithm}/${hex.slice(0, 2)}/${hex}`;
}

const tagOf = (number: number): string => `tag-${String(number).padStart(7, '0')}`;
