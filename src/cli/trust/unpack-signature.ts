/** `waybill unpack --with-signature`: the model signature of a package, for whoever verifies without Waybill. */
import { WaybillError } from '../../base/errors.ts';
import { attachedSignature } from '../../model/signing/attached-signature.ts';
import { SIGNATURE_FILE } from '../../trust/oms/left-out.ts';
import type { Input } from '../command.ts';
import type { Located } from '../locate.ts';
import { readKeyFile } from './expected-signer.ts';

export interface UnpackedSignature {
  /** What to lay beside the files of the package. */
  readonly beside: ReadonlyMap<string, Uint8Array>;
  /** For the output. */
  readonly signature: { readonly file: string; readonly keyId?: string };
}

/** @throws WaybillError USAGE, KEY_INVALID; as attachedSignature does */
export async function unpackSignature({ store, target }: Located, input: Input): Promise<UnpackedSignature> {
  const other = ['only', 'with-bases'].find((option) => input.text(option) !== undefined || input.has(option));
  if (other !== undefined)
    throw new WaybillError(
      'USAGE',
      `Cannot unpack with --with-signature and --${other}: a signature is over one whole package`,
    );
  const file = input.text('key');
  const key = file === undefined ? undefined : readKeyFile(file);
  const { bytes } = await attachedSignature(store, target, key);
  return {
    beside: new Map([[SIGNATURE_FILE, bytes]]),
    signature: { file: SIGNATURE_FILE, ...(key === undefined ? {} : { keyId: key.id }) },
  };
}
