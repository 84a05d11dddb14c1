/** The extensions of a certificate that decide what its key may do (RFC 5280 §4.2), which node:crypto does not tell. */
import {
  BIT_STRING,
  BOOLEAN,
  type Der,
  OCTET_STRING,
  type Refuse,
  readDer,
  readDerParts,
  readParts,
  SEQUENCE,
  toBoolean,
  toCount,
  toObjectIdentifier,
} from '../der/read.ts';
import { type Identity, readAlternativeNames } from './identity.ts';

export interface Extensions {
  /** basicConstraints: whether it says CA:TRUE, and how many certificates may stand between it and the leaf. */
  readonly isAuthority: boolean;
  readonly pathLength: number | undefined;
  /** keyUsage; undefined where it does not limit. */
  readonly keyUsage: KeyUsage | undefined;
  /** extendedKeyUsage as object identifiers; undefined where it does not limit. */
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly names: readonly Identity[];
}

export interface KeyUsage {
  readonly digitalSignature: boolean;
  readonly keyCertSign: boolean;
}

export const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
export const ANY_USAGE = '2.5.29.37.0';

/**
 * Critical, and understood. certificatePolicies names policies, and limits nothing unless policyConstraints asks for one,
 * which is not understood.
 */
const CERTIFICATE_POLICIES = '2.5.29.32';
const known = {
  keyUsage: '2.5.29.15',
  alternativeNames: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
} as const;

/** They limit what a certificate is good for; not understood here, and so refused also where they are not critical. */
const limiting: Readonly<Record<string, string>> = {
  '2.5.29.30': 'name constraints',
  '1.3.6.1.5.5.7.1.7': 'constraints of IP addresses (RFC 3779)',
  '1.3.6.1.5.5.7.1.8': 'constraints of autonomous systems (RFC 3779)',
  '1.3.6.1.5.5.7.1.14': 'a proxy policy (RFC 3820)',
};

/** @param list the value of the field `extensions` @throws what `refuse` makes */
export function readExtensions(list: Uint8Array, refuse: Refuse): Extensions {
  const values = new Map<string, Buffer>();
  for (const extension of readDerParts(list, SEQUENCE, refuse)) {
    const { id, isCritical, value } = readExtension(extension, refuse);
    if (values.has(id)) throw refuse(`it has the extension ${id} twice`);
    if (limiting[id] !== undefined) throw refuse(`it has ${limiting[id]}, which Waybill does not understand`);
    const isKnown = id === CERTIFICATE_POLICIES || Object.values<string>(known).includes(id);
    if (isCritical && !isKnown) throw refuse(`it has the critical extension ${id}, which Waybill does not understand`);
    values.set(id, value);
  }
  const read = <T>(id: string, reader: (value: Buffer, refuse: Refuse) => T): T | undefined => {
    const value = values.get(id);
    return value === undefined ? undefined : reader(value, refuse);
  };
  const constraints = read(known.basicConstraints, readBasicConstraints);
  return {
    isAuthority: constraints?.isAuthority === true,
    pathLength: constraints?.pathLength,
    keyUsage: read(known.keyUsage, readKeyUsage),
    extendedKeyUsage: read(known.extendedKeyUsage, readExtendedKeyUsage),
    names: read(known.alternativeNames, readAlternativeNames) ?? [],
  };
}

function readExtension(extension: Der, refuse: Refuse): { id: string; isCritical: boolean; value: Buffer } {
  const malformed = () => refuse('an extension of it is malformed');
  if (extension.tag !== SEQUENCE) throw malformed();
  const [id, ...rest] = readParts(extension, refuse);
  const [critical, value] = rest.length === 1 ? [undefined, rest[0]] : rest;
  if (id === undefined || value?.tag !== OCTET_STRING || rest.length > 2) throw malformed();
  return {
    id: toObjectIdentifier(id, refuse),
    isCritical: critical !== undefined && toBoolean(critical, refuse),
    value: value.content,
  };
}

function readBasicConstraints(value: Buffer, refuse: Refuse): Pick<Extensions, 'isAuthority' | 'pathLength'> {
  const parts = readDerParts(value, SEQUENCE, refuse);
  const first = parts[0]?.tag === BOOLEAN ? parts.shift() : undefined;
  const isAuthority = first !== undefined && toBoolean(first, refuse);
  const [length, more] = parts;
  if (more !== undefined || (length !== undefined && !isAuthority)) throw refuse('its basic constraints are malformed');
  return { isAuthority, pathLength: length === undefined ? undefined : toCount(length, refuse) };
}

/** A named bit list (X.690 §11.2.2): the first octet counts the bits that are not used. */
function readKeyUsage(value: Buffer, refuse: Refuse): KeyUsage {
  const { tag, content } = readDer(value, refuse);
  if (tag !== BIT_STRING || content.length < 2 || content.length > 3) throw refuse('its key usage is malformed');
  const unused = content.readUInt8(0);
  const last = content.readUInt8(content.length - 1);
  // The last bit that is used is set, and those that are not used are not.
  if (unused > 7 || (last & ((2 << unused) - 1)) !== 1 << unused) throw refuse('its key usage is malformed');
  const bits = content.readUInt8(1);
  return { digitalSignature: (bits & 0x80) !== 0, keyCertSign: (bits & 0x04) !== 0 };
}

function readExtendedKeyUsage(value: Buffer, refuse: Refuse): readonly string[] {
  return readDerParts(value, SEQUENCE, refuse).map((usage) => toObjectIdentifier(usage, refuse));
}
