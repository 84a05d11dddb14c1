/**
 * What a client of one repository was told, and what may be so: a request that was not answered has
 * happened or has not. After the hub was killed, it is held to that.
 */
import { digestOf } from '../../src/oci/digest.ts';
import type { GoodManifest } from './_known.ts';

type Target = string | undefined;

export class Ledger {
  readonly name: string;
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, { readonly good: GoodManifest; mayBe: readonly boolean[] }>();
  readonly tags = new Map<string, readonly Target[]>();
  /** An upload under way: what was sent, and how much of it was acknowledged. */
  upload: { location: string; bytes: Buffer; acknowledged: number } | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Manifests of which it is sure that they are there. */
  get there(): readonly GoodManifest[] {
    return [...this.manifests.values()].filter(({ mayBe }) => mayBe.every(Boolean)).map(({ good }) => good);
  }

  beginPut(good: GoodManifest, tag: string): void {
    const before = this.manifests.get(good.digest)?.mayBe ?? [false];
    this.manifests.set(good.digest, { good, mayBe: [...new Set([...before, true])] });
    this.tags.set(tag, [...(this.tags.get(tag) ?? [undefined]), good.digest]);
  }

  endPut(good: GoodManifest, tag: string): void {
    this.manifests.set(good.digest, { good, mayBe: [true] });
    this.tags.set(tag, [good.digest]);
  }

  beginDelete(good: GoodManifest): void {
    this.manifests.set(good.digest, { good, mayBe: [true, false] });
    for (const [tag, targets] of this.tags)
      if (targets.includes(good.digest)) this.tags.set(tag, [...targets, undefined]);
  }

  endDelete(good: GoodManifest): void {
    this.manifests.set(good.digest, { good, mayBe: [false] });
    for (const [tag, targets] of this.tags) if (targets.includes(good.digest)) this.tags.set(tag, [undefined]);
  }

  beginUntag(tag: string): void {
    this.tags.set(tag, [...(this.tags.get(tag) ?? []), undefined]);
  }

  endUntag(tag: string): void {
    this.tags.set(tag, [undefined]);
  }

  /** Garbage was collected without grace: only what a manifest names is left for sure. */
  collected(): void {
    const named = new Set(this.there.flatMap(({ parts }) => parts.map((part) => String(digestOf(part)))));
    for (const digest of this.blobs.keys()) if (!named.has(digest)) this.blobs.delete(digest);
    this.upload = undefined;
  }

  /** @returns what the hub has lost or made up; what was open is settled by what it says */
  async check(address: string): Promise<readonly string[]> {
    const wrong: string[] = [];
    const get = async (where: string) => {
      const response = await fetch(`${address}/v2/${this.name}/${where}`);
      return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
    };
    for (const [digest, entry] of this.manifests) {
      const { status, body } = await get(`manifests/${digest}`);
      if (!entry.mayBe.includes(status === 200)) wrong.push(`manifest ${digest} is ${status}`);
      if (status === 200 && body.toString() !== entry.good.text) wrong.push(`manifest ${digest} is another`);
      entry.mayBe = [status === 200];
    }
    for (const { digest, parts } of this.there)
      for (const part of parts) {
        const { status, body } = await get(`blobs/${digestOf(part)}`);
        if (status !== 200 || !body.equals(part)) wrong.push(`${digestOf(part)}, which ${digest} names, is ${status}`);
      }
    for (const [tag, targets] of this.tags) {
      const { status, headers } = await get(`manifests/${tag}`);
      const found = status === 200 ? (headers.get('docker-content-digest') ?? '') : undefined;
      if (!targets.includes(found)) wrong.push(`tag ${tag} is ${found}, not ${targets.join(' or ')}`);
      this.tags.set(tag, [found]);
    }
    for (const [digest, bytes] of this.blobs) {
      const { status, body } = await get(`blobs/${digest}`);
      if (status !== 200 || !body.equals(bytes)) wrong.push(`blob ${digest} is ${status}`);
    }
    return [...wrong, ...(await this.#finishUpload(address))];
  }

  /** What was acknowledged of an upload is still there, and it goes on from there. */
  async #finishUpload(address: string): Promise<readonly string[]> {
    if (this.upload === undefined) return [];
    const { location, bytes, acknowledged } = this.upload;
    this.upload = undefined;
    const asked = await fetch(`${address}${location}`);
    const end = Number(/^0-(\d+)$/.exec(asked.headers.get('range') ?? '')?.[1] ?? Number.NaN);
    // A finish that was not answered may have happened: then the blob is there.
    if (asked.status === 404 && acknowledged === bytes.length) {
      const { status } = await fetch(`${address}/v2/${this.name}/blobs/${digestOf(bytes)}`);
      return status === 200 ? [] : [`an upload whose finish was asked for is gone: ${status}`];
    }
    if (asked.status !== 204 || (acknowledged > 0 && end + 1 < acknowledged))
      return [`an upload of which ${acknowledged} bytes were acknowledged is ${asked.status} at ${end}`];
    // "0-0" is nothing or one byte.
    const offset = end === 0 ? Math.min(acknowledged, 1) : end + 1;
    const rest = new Uint8Array(bytes.subarray(offset));
    const put = await fetch(`${address}${location}?digest=${digestOf(bytes)}`, { method: 'PUT', body: rest });
    if (put.status !== 201) return [`an upload that goes on at ${offset} ends with ${put.status}`];
    this.blobs.set(digestOf(bytes), bytes);
    return [];
  }
}
