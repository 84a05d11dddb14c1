/** `waybill sign DIR`: the files of a folder. */
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { signFolder } from '../../model/signing/sign-folder.ts';
import { predicateTypes } from '../../trust/predicate-types.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import type { Output } from '../outputs/sign.ts';
import { openCache } from './open-cache.ts';
import { openSigner } from './signer-options.ts';

/** @throws WaybillError USAGE; as openSigner and signFolder do */
export async function signDir(context: Context, folder: string, input: Input): Promise<Output> {
  const unfit = ['expires', 'log', 'log-key'].find((option) => input.text(option) !== undefined);
  if (unfit !== undefined)
    throw new WaybillError('USAGE', `Cannot sign ${folder}: --${unfit} is for packages`, {
      hint: 'A model signature says which files, and nothing more: pack the folder and sign the package',
    });
  const signer = await openSigner(context, input);
  using cache = openCache(context, input);
  const { progress, signal } = context;
  const signatureFile = input.text('signature');
  const signed = await signFolder(folder, signer, { signatureFile, cache, progress, signal });
  return {
    subject: 'folder',
    result: signed.isUnchanged ? 'unchanged' : 'signed',
    predicateType: predicateTypes.modelSignature,
    keyId: signer.publicKey.id,
    name: path.basename(path.resolve(folder)),
    omsRoot: signed.root,
    omsBundle: signed.bundle,
    signature: signed.signatureFile,
    fileCount: signed.fileCount,
    bytesRead: signed.bytesRead,
    bytesKnown: signed.bytesKnown,
    findings: [],
  };
}
