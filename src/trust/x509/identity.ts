/** Whom a certificate names: its subject alternative names (RFC 5280 §4.2.1.6), of the kinds that people compare. */
import { WaybillError } from '../../base/errors.ts';
import { type Der, type Refuse, readDerParts, SEQUENCE } from '../der/read.ts';

export interface Identity {
  readonly kind: 'URI' | 'email' | 'DNS';
  readonly value: string;
}

/** Tags of GeneralName: rfc822Name, dNSName, uniformResourceIdentifier. */
const kinds: ReadonlyMap<number, Identity['kind']> = new Map([
  [0x81, 'email'],
  [0x82, 'DNS'],
  [0x86, 'URI'],
]);

/** Printable and without blanks: no name has another sign, and a line end in one deceives whoever reads it in a list. */
const NAME = /^[\x21-\x7e]+$/;

/**
 * An identity as a person types it: `URI:…`, `email:…` or `DNS:…`; without that, what holds `://` is a URI, what holds
 * `@` an email address, anything else a host.
 * @throws WaybillError KEY_INVALID for what no certificate could name
 */
export function parseIdentity(text: string): Identity {
  const [, kind, value = text] = /^(URI|email|DNS):(.*)$/s.exec(text) ?? [];
  if (!NAME.test(value))
    throw new WaybillError(
      'KEY_INVALID',
      `Cannot look for the identity ${JSON.stringify(text)}: no certificate names it`,
      {
        hint: 'Name it in full, as the certificate has it: openssl x509 -in CERT -noout -ext subjectAltName',
      },
    );
  return { kind: isKind(kind) ? kind : kindOf(value), value };
}

/** With its kind, so that it is read again as the same. */
export function formatIdentity({ kind, value }: Identity): string {
  return `${kind}:${value}`;
}

/** Equal to the byte; no patterns, no case, no suffixes. */
export function isSameIdentity(one: Identity, other: Identity): boolean {
  return one.kind === other.kind && one.value === other.value;
}

/** Those of the extension's value; other kinds of names are passed over. @throws what `refuse` makes */
export function readAlternativeNames(value: Uint8Array, refuse: Refuse): readonly Identity[] {
  return readDerParts(value, SEQUENCE, refuse).flatMap((name) => identityFrom(name, refuse));
}

function identityFrom({ tag, content }: Der, refuse: Refuse): readonly Identity[] {
  const kind = kinds.get(tag);
  if (kind === undefined) return [];
  const value = content.toString('latin1');
  if (!NAME.test(value)) throw refuse(`its name ${JSON.stringify(value)} (${kind}) holds a sign that no such name has`);
  return [{ kind, value }];
}

function isKind(text: string | undefined): text is Identity['kind'] {
  return text !== undefined && [...kinds.values()].some((kind) => kind === text);
}

function kindOf(value: string): Identity['kind'] {
  if (value.includes('://')) return 'URI';
  return value.includes('@') ? 'email' : 'DNS';
}
