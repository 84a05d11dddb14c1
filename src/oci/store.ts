/**
 * What everything is kept in: content by digest. Local layout, archive and memory implement one
 * interface, and whatever moves between them is a copy (copy.ts). More abilities are small
 * interfaces of their own, never optional methods.
 */
import type { StreamHashes } from '../base/hashing/stream-hashes.ts';
import type { Descriptor } from './descriptor.ts';
import type { Digest } from './digest.ts';

/** Content by digest, scoped to one repository. */
export interface Store {
  /** What the store holds for this digest, or undefined. The size is what it has, not what was asked. */
  stat(target: Descriptor): Promise<Descriptor | undefined>;
  /** @throws WaybillError BLOB_UNKNOWN */
  open(target: Descriptor): Promise<Content>;
  /** Begins to take content in. With `expected` a commit of anything else fails. */
  start(expected?: Descriptor): Promise<Upload>;
}

export interface Content {
  /** Bytes, as the store holds them. */
  readonly size: number;
  /** Where it lies on disk as a whole file, if it does: for clone, link and hashing in threads. */
  readonly file?: string;
  /** Throws before its last chunk is handed out unless size and digest agree. */
  verified(): AsyncIterable<Uint8Array>;
  /** For whoever checks ranges by himself; the name says so. `end` is exclusive. */
  unverifiedRange(range: ByteRange): AsyncIterable<Uint8Array>;
  /** Where it is worth something: a chunk of a range that is needed no more, once, so that its memory is used again. */
  readonly giveBack?: (chunk: Uint8Array) => void;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface Upload {
  readonly id: string;
  /** Bytes taken so far. */
  readonly offset: number;
  write(chunk: Uint8Array): Promise<void>;
  /**
   * Makes the content visible, if it is what the digest says.
   * @throws WaybillError DIGEST_INVALID or SIZE_INVALID; nothing becomes visible then
   */
  commit(digest: Digest): Promise<void>;
  /** Forgets what was taken; does nothing after a commit. */
  abort(): Promise<void>;
}

/** A store whose artifacts have names: tags in a repository, full references in a layout. */
export interface Tagged {
  /** By name, or by digest. */
  resolve(reference: string): Promise<Descriptor | undefined>;
  tag(name: string, target: Descriptor): Promise<void>;
  /** Whether there was such a name. */
  untag(name: string): Promise<boolean>;
  tags(): Promise<readonly TaggedDescriptor[]>;
}

export interface TaggedDescriptor {
  readonly name: string;
  readonly target: Descriptor;
}

/** A store that knows which manifests are about another one: OCI 1.1 referrers. */
export interface Referring {
  referrers(subject: Descriptor): Promise<readonly Descriptor[]>;
  /** Records a manifest, which must have a subject, as a referrer. */
  attach(referrer: Descriptor): Promise<void>;
}

/** A store with an index, whose entries need no name: other tools give a lone artifact none. */
export interface Indexed {
  /** The manifests of the index that have no name, referrers among them. */
  unnamed(): Promise<readonly Descriptor[]>;
}

/** A store that can take over whole files faster than through an upload. */
export interface Bringing {
  /** A path, on the store's own file system, for content that is not yet known by its digest. */
  reserve(): string;
  /** Makes a reserved file visible under its digest; its content has been hashed by the caller. */
  adopt(reserved: string, digest: Digest): Promise<void>;
  /** Makes all that was adopted survive a power cut. */
  settle(): Promise<void>;
}

/** A store far away, to which content that can be read again is sent with its own means. */
export interface Sending {
  /** @returns bytes that went over the line, and how many an earlier process had sent */
  send(expected: Descriptor, content: Content, options: TransferOptions): Promise<Transferred>;
  /**
   * Sends content whose digest is known only at its end.
   * @throws what reading it throws; what the store had of it is forgotten then
   */
  sendUnhashed(content: UnhashedContent, options: TransferOptions): Promise<Transferred & { readonly digest: Digest }>;
}

/** Content that is hashed while it is read; it can be read again where a line breaks. */
export interface UnhashedContent {
  /** Bytes. */
  readonly size: number;
  /** Tells it, as it is now, from any other: what another process has sent of the same is gone on with. */
  readonly state: string;
  /** How the reader knows it, for messages. */
  readonly name: string;
  /** A chunk lasts until the one after the next is asked for. */
  unverifiedRange(range: ByteRange): AsyncIterable<Uint8Array>;
  /** Of all of it: what was not read is read now. Throws unless it stayed what it was. */
  digest(): Promise<Digest>;
}

/** A store that keeps what has arrived of a blob, so that a later process goes on there. */
export interface Receiving {
  /** @throws WaybillError DISK_FULL when it is known that these blobs do not fit; before anything is moved */
  checkRoom(blobs: readonly Descriptor[]): Promise<void>;
  receive(expected: Descriptor, content: Content, options: TransferOptions): Promise<Transferred>;
}

export interface TransferOptions {
  readonly signal?: AbortSignal | undefined;
  /** Threads that hash what arrives; absent: the one that receives it. */
  readonly hashes?: StreamHashes | undefined;
  /** Is told how many more bytes are there; those of an earlier process say nothing of how fast it goes. */
  advance(bytes: number, origin?: 'resumed'): void;
}

export interface Transferred {
  /** Bytes that were moved. */
  readonly bytes: number;
  /** Bytes that were there from an earlier, interrupted transfer. */
  readonly resumedAt: number;
}

export type ArtifactStore = Store & Tagged & Referring;

export function isIndexed(store: object): store is Indexed {
  return 'unnamed' in store;
}

export function isBringing(store: object): store is Bringing {
  return 'reserve' in store && 'adopt' in store;
}

export function isSending(store: object): store is Sending {
  return 'send' in store;
}

export function isReceiving(store: object): store is Receiving {
  return 'receive' in store;
}
