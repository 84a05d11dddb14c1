/** What a Sigstore bundle says about how to verify it: a key's name or a chain of certificates, and proofs of Sigstore's log. */
import { WaybillError } from '../../base/errors.ts';
import { decodeBase64 } from '../../base/strict-base64.ts';
import { objectWith } from '../encoding/signed-json.ts';

export type Material =
  | {
      readonly kind: 'key';
      /** Which key, by whatever name the signer chose. Selects at most, proves nothing. */
      readonly hint: string | undefined;
    }
  | {
      readonly kind: 'certificates';
      /** DER, the leaf first. */
      readonly chain: readonly Buffer[];
      /** `certificate`: a lone one, as the keyless method writes it. */
      readonly form: 'x509CertificateChain' | 'certificate';
    };

interface ParsedMaterial {
  readonly material: Material;
  readonly logEntries: number;
  readonly statesLogEntries: boolean;
}

/** Public authorities need three, companies four or five. */
const MAX_CHAIN_LENGTH = 10;

/** Several logs may be written to; nobody writes to more than a few. */
const MAX_LOG_ENTRIES = 32;

const METHODS = ['publicKey', 'x509CertificateChain', 'certificate'] as const;

/** @throws WaybillError BUNDLE_INVALID */
export function parseMaterial(value: unknown): ParsedMaterial {
  const what = 'the verification material of the bundle';
  const object = objectWith(value, [...METHODS, 'tlogEntries', 'timestampVerificationData'], what, 'BUNDLE_INVALID');
  const entries = object['tlogEntries'];
  if (entries !== undefined && (!Array.isArray(entries) || entries.length > MAX_LOG_ENTRIES))
    throw invalid(what, `tlogEntries is not a list of at most ${MAX_LOG_ENTRIES}`);
  const [method, ...others] = METHODS.filter((name) => object[name] !== undefined);
  if (method === undefined || others.length > 0)
    throw invalid(what, `it must have exactly one of ${METHODS.join(', ')}`);
  return {
    material: method === 'publicKey' ? keyOf(object[method]) : chainOf(method, object[method]),
    logEntries: entries?.length ?? 0,
    statesLogEntries: entries !== undefined,
  };
}

function keyOf(value: unknown): Material {
  const what = 'publicKey of the bundle';
  // model_signing 1.0.0 put the whole key here: who believes a bundle because of the key in it believes anybody.
  const { hint, rawBytes, keyDetails } = objectWith(value, ['hint', 'rawBytes', 'keyDetails'], what, 'BUNDLE_INVALID');
  for (const [name, text] of Object.entries({ hint, rawBytes, keyDetails }))
    if (text !== undefined && typeof text !== 'string') throw invalid(what, `${name} is not text`);
  return { kind: 'key', hint: typeof hint === 'string' && hint !== '' ? hint : undefined };
}

function chainOf(form: 'x509CertificateChain' | 'certificate', value: unknown): Material {
  const what = `${form} of the bundle`;
  const list =
    form === 'certificate' ? [value] : objectWith(value, ['certificates'], what, 'BUNDLE_INVALID')['certificates'];
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_CHAIN_LENGTH)
    throw invalid(what, `it must have 1 to ${MAX_CHAIN_LENGTH} certificates`);
  const chain = list.map((item: unknown) => {
    const { rawBytes } = objectWith(item, ['rawBytes'], what, 'BUNDLE_INVALID');
    if (typeof rawBytes !== 'string' || rawBytes === '') throw invalid(what, 'a certificate has no rawBytes');
    return decodeBase64(rawBytes, what, 'BUNDLE_INVALID');
  });
  return { kind: 'certificates', chain, form };
}

function invalid(what: string, found: string): WaybillError {
  return new WaybillError('BUNDLE_INVALID', `Cannot read ${what}: ${found}`);
}
