/** Signs a statement: DSSE over its bytes, in a Sigstore bundle that names the key or carries the certificates. */
import { WaybillError } from '../base/errors.ts';
import { writeBundle } from './bundle/bundle.ts';
import type { Material } from './bundle/material.ts';
import { IN_TOTO_PAYLOAD, preAuthEncoding } from './dsse/envelope.ts';
import { verifySignature } from './keys/public-key.ts';
import type { Signer } from './keys/signer.ts';

/**
 * @param statement as it is to be signed; never written anew
 * @param payloadType another than in-toto's for what is no statement
 * @returns the bytes of the bundle
 * @throws WaybillError SIGNER_FAILED when what the signer gave is not a signature of its key
 */
export async function signStatement(
  signer: Signer,
  statement: Uint8Array,
  payloadType: string = IN_TOTO_PAYLOAD,
): Promise<Buffer> {
  const message = preAuthEncoding(payloadType, statement);
  const signature = await signer.sign(message);
  if (!verifySignature(signer.publicKey, message, signature)) {
    throw new WaybillError(
      'SIGNER_FAILED',
      `Cannot sign: what the signer returned is no signature of the key ${signer.publicKey.id.slice(0, 16)}`,
      {
        hint: `It must sign with ${signer.publicKey.algorithm.name}, in DER; and be the key whose public half is given`,
      },
    );
  }
  return writeBundle(materialOf(signer), payloadType, statement, signature);
}

function materialOf({ publicKey, certificates }: Signer): Material {
  if (certificates === undefined) return { kind: 'key', hint: publicKey.id };
  return { kind: 'certificates', form: 'x509CertificateChain', chain: certificates.map((one) => Buffer.from(one)) };
}
