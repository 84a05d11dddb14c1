/** `waybill verify DIR --signature FILE`: a folder by a model signature. */
import { verifySignedFolder } from '../../model/signing/verify-signed-folder.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import type { Output } from '../outputs/verify.ts';
import { readExpectedSigner } from './expected-signer.ts';

/** @throws WaybillError as readExpectedSigner and verifySignedFolder do */
export async function verifySignature(context: Context, folder: string, file: string, input: Input): Promise<Output> {
  const keyFor = readExpectedSigner(context, input);
  const { progress, signal } = context;
  const result = await verifySignedFolder(folder, file, keyFor, { progress, signal });
  const { verdict, fileCount, bytesRead, findings, keyId, name, root } = result;
  const isBelieved = keyId !== undefined && name !== undefined && root !== undefined;
  return {
    verdict,
    subject: 'folder',
    fileCount,
    bytesRead,
    ...(isBelieved ? { signature: { keyId, name, root } } : {}),
    findings: [...findings],
  };
}
