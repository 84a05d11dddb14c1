/**
 * How a private key is encrypted (RFC 5958 §3, RFC 8018 §6.2), before anything is derived: a key file of a stranger could
 * otherwise ask for an hour of work, and a weak one would look like a strong one.
 */
import {
  type Der,
  INTEGER,
  OCTET_STRING,
  type Refuse,
  readDerParts,
  readParts,
  SEQUENCE,
  toCount,
  toObjectIdentifier,
} from '../der/read.ts';
import { PBES2, SCRYPT } from './encrypt-key.ts';

const PBKDF2 = '1.2.840.113549.1.5.12';

/** What OWASP asks of PBKDF2 with HMAC-SHA-256; Node and OpenSSL write 2,048. */
const STRONG_ROUNDS = 600_000;

/** N·r·p of OWASP's smallest choice for scrypt, N = 2^13, r = 8, p = 10; less is weaker than those rounds. */
const STRONG_SCRYPT_WORK = 2 ** 13 * 8 * 10;

/** Takes some seconds; no tool writes as many. */
const MAX_ROUNDS = 10_000_000;

/** OpenSSL, and so Node, takes at most 32 MiB for scrypt, of which it counts 128·N·r and some more. */
const MAX_SCRYPT_MEMORY = 31 * 1024 * 1024;

/** N·r·p: 16 times what we take for our own keys, which is some seconds. */
const MAX_SCRYPT_WORK = 16 * 2 ** 14 * 8 * 5;

/**
 * Looks at an EncryptedPrivateKeyInfo.
 * @returns what makes it cheap to guess its passphrase, if something does
 * @throws what `refuse` makes, also where to derive its key would take too long or too much memory
 */
export function weaknessOfEncryption(der: Uint8Array, refuse: Refuse): string | undefined {
  const [algorithm] = readDerParts(der, SEQUENCE, refuse);
  const [name, parameters] = partsOf(algorithm, refuse);
  if (identifierOf(name, refuse) !== PBES2) return 'it is encrypted in a way that was replaced in 1999';
  const [derivation] = partsOf(parameters, refuse);
  const [kind, details] = partsOf(derivation, refuse);
  const known = identifierOf(kind, refuse);
  if (known !== PBKDF2 && known !== SCRYPT)
    throw refuse('its encryption derives the key in a way that Waybill does not know');
  const [salt, ...numbers] = partsOf(details, refuse);
  if (salt?.tag !== OCTET_STRING) throw refuse('its encryption has no salt');
  const values = numbers.filter(({ tag }) => tag === INTEGER).map((number) => toCount(number, refuse));
  return known === SCRYPT ? weaknessOfScrypt(values, refuse) : weaknessOfRounds(values, refuse);
}

function weaknessOfRounds([rounds]: readonly number[], refuse: Refuse): string | undefined {
  if (rounds === undefined || rounds > MAX_ROUNDS)
    throw refuse(`its encryption asks for more than ${MAX_ROUNDS} rounds, the limit`);
  return rounds < STRONG_ROUNDS ? `its passphrase goes through ${rounds} rounds only, not ${STRONG_ROUNDS}` : undefined;
}

function weaknessOfScrypt([cost, block, parallel]: readonly number[], refuse: Refuse): string | undefined {
  if (cost === undefined || block === undefined || parallel === undefined)
    throw refuse('the parameters of its encryption are malformed');
  if (128 * cost * block > MAX_SCRYPT_MEMORY)
    throw refuse(
      `its encryption asks for ${Math.ceil((128 * cost * block) / 2 ** 20)} MiB of memory, OpenSSL gives 32`,
    );
  const work = cost * block * parallel;
  if (work > MAX_SCRYPT_WORK) throw refuse('its encryption asks for more work than the limit');
  return work < STRONG_SCRYPT_WORK ? 'its passphrase goes through less work than it should (scrypt)' : undefined;
}

function partsOf(value: Der | undefined, refuse: Refuse): readonly Der[] {
  if (value?.tag !== SEQUENCE) throw refuse('the parameters of its encryption are malformed');
  return readParts(value, refuse);
}

function identifierOf(value: Der | undefined, refuse: Refuse): string {
  if (value === undefined) throw refuse('the parameters of its encryption are malformed');
  return toObjectIdentifier(value, refuse);
}
