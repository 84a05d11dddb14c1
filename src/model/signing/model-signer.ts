/** Who can sign a model, and whether somebody has. */
import { WaybillError } from '../../base/errors.ts';
import { type Bundle, MAX_BUNDLE_SIZE } from '../../trust/bundle/bundle.ts';
import { preAuthEncoding } from '../../trust/dsse/envelope.ts';
import { type PublicKey, verifySignature } from '../../trust/keys/public-key.ts';
import type { Signer } from '../../trust/keys/signer.ts';
import { signStatement } from '../../trust/sign-statement.ts';

/**
 * OpenSSF Model Signing 1.0 §6.4 knows ECDSA alone; its Python implementation refuses the rest.
 * @throws WaybillError KEY_INVALID
 */
export function requireModelSigner({ publicKey }: Signer): void {
  if (publicKey.algorithm.namedCurve !== undefined) return;
  throw new WaybillError('KEY_INVALID', `Cannot sign a model with a key of kind ${publicKey.algorithm.name}`, {
    hint: 'Model signatures take ECDSA keys: waybill keygen makes one for P-256. Ed25519 is for logs',
  });
}

/**
 * Signs a statement into a bundle that can be read again.
 * @throws WaybillError SIGNER_FAILED; LIMIT_EXCEEDED for a list of files that is too long to be read
 */
export async function signBundle(signer: Signer, payload: Uint8Array): Promise<Buffer> {
  const bytes = await signStatement(signer, payload);
  if (bytes.length <= MAX_BUNDLE_SIZE) return bytes;
  throw new WaybillError(
    'LIMIT_EXCEEDED',
    `Cannot sign: the signature has ${bytes.length} bytes, and ${MAX_BUNDLE_SIZE} can be read`,
    { hint: 'It lists every file by its path: put many small files into an archive of your own' },
  );
}

/** Whether the signature is of this key. */
export function signedBy({ envelope }: Pick<Bundle, 'envelope'>, key: PublicKey): boolean {
  const { payloadType, payload, signature } = envelope;
  return verifySignature(key, preAuthEncoding(payloadType, payload), signature);
}

/** Whether the signer has signed these very bytes, under the name that he would use now. */
export function signsAlready(bundle: Bundle, signer: Signer, payload: Uint8Array): boolean {
  const { material, envelope } = bundle;
  if (!envelope.payload.equals(payload) || !signedBy(bundle, signer.publicKey)) return false;
  const { certificates } = signer;
  if (material.kind === 'key') return certificates === undefined;
  const isSame = material.chain.every((one, index) => one.equals(certificates?.[index] ?? Buffer.alloc(0)));
  return isSame && material.chain.length === certificates?.length;
}
