/** What is remembered of repositories, as files, and the newest revocation list that was seen of a key. */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { isDigest } from '../../oci/digest.ts';
import { asJsonObject, type JsonObject } from '../encoding/signed-json.ts';
import type { PublicKey } from '../keys/public-key.ts';
import type { SeenList } from '../revocations/freshness.ts';
import { type Memory, recall, remember } from './memory.ts';
import { observe, type Pin, type PinnedTag, type Sighting } from './observe.ts';

/** @param name host and repository: `registry.example/acme/digits` */
export function recallPin(folder: string, name: string): Pin | undefined {
  return recall(folder, pinMemory(name));
}

/**
 * Holds what is seen to what was seen before, and remembers it unless it is refused.
 * @throws WaybillError TRUST_UNDECIDED when what was seen before cannot be read
 */
export function observeAndRemember(
  folder: string,
  name: string,
  { sighting, isAccepted }: { readonly sighting: Sighting; readonly isAccepted: boolean },
): Promise<readonly Finding[]> {
  return remember(folder, pinMemory(name), (before) => {
    const { pin, findings } = observe(before, sighting, { isAccepted });
    return { after: pin, result: findings };
  });
}

export function recallList(folder: string, key: PublicKey): SeenList | undefined {
  return recall(folder, listMemory(key));
}

/** Remembers a list unless a newer one was seen meanwhile. */
export function rememberList(folder: string, key: PublicKey, { serial, digest }: SeenList): Promise<void> {
  return remember(folder, listMemory(key), (before) => ({
    after: before === undefined || serial > before.serial ? { serial, digest } : undefined,
    result: undefined,
  }));
}

function pinMemory(name: string): Memory<Pin> {
  return { kind: 'repositories', name, parse: parsePin };
}

function parsePin({ publishers, version, tags, firstSeen }: JsonObject): Pin {
  if (!Array.isArray(publishers) || !publishers.every(isText)) throw damaged();
  if (!Array.isArray(tags) || typeof firstSeen !== 'number') throw damaged();
  return { publishers, version: textOr(version), tags: tags.map(parseTag), firstSeen };
}

function parseTag(value: unknown): PinnedTag {
  const { tag, digest, version } = asJsonObject(value, 'a tag', 'TRUST_UNDECIDED');
  if (!isText(tag) || !isDigest(digest)) throw damaged();
  return { tag, digest, version: textOr(version) };
}

function listMemory(key: PublicKey): Memory<SeenList> {
  return { kind: 'revocations', name: key.id, parse: parseList };
}

function parseList({ serial, digest }: JsonObject): SeenList {
  if (typeof serial !== 'number' || !isDigest(digest)) throw damaged();
  return { serial, digest };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function textOr(value: unknown): string | undefined {
  if (value === undefined || isText(value)) return value;
  throw damaged();
}

function damaged(): WaybillError {
  return new WaybillError('TRUST_UNDECIDED', 'Cannot read what is remembered: it is no text that Waybill wrote');
}
