/** The public API of Waybill, small on purpose: what a program needs to pack, verify and restore models. */
export { type ErrorCode, WaybillError } from './base/errors.ts';
export type { Finding, Verdict } from './base/finding.ts';
export { type DigestCache, noCache, openDigestCache } from './model/digest-cache.ts';
export { type PackDependencies, type Packed, type PackOptions, pack } from './model/pack.ts';
export { readSource, type Source } from './model/source/read.ts';
export { type Unpacked, type UnpackOptions, unpack } from './model/unpack/unpack.ts';
export { type Verification, verify } from './model/verify.ts';
export { type FolderVerification, sumsOfArtifact, sumsOfFolder, verifyFolder } from './model/verify-folder.ts';
export { parseWaybillFile } from './model/waybill-file/parse.ts';
export type { WaybillFile } from './model/waybill-file/schema.ts';
export { type CopyOptions, type CopyResult, copy } from './oci/copy.ts';
export type { Descriptor } from './oci/descriptor.ts';
export type { Digest } from './oci/digest.ts';
export { type Layout, openLayout } from './oci/layout/layout.ts';
export { parseReference, type Reference } from './oci/reference.ts';
export type { ArtifactStore, Content, Store } from './oci/store.ts';
