import { WaybillError } from '../../base/errors.ts';
import type { KeyAlgorithm } from '../../trust/keys/algorithms.ts';
import { encryptKey } from '../../trust/keys/encrypt-key.ts';
import { generateKey } from '../../trust/keys/generate.ts';
import { publicKeyOf } from '../../trust/keys/public-key.ts';
import { type Role, roles } from '../../trust/keys/roles.ts';
import { defineCommand } from '../command.ts';
import type { Output } from '../outputs/keygen.ts';
import { keyFilesOf, refuseExisting, writeKeyFiles } from '../trust/key-files.ts';
import { passphraseOptions, readPassphrase } from '../trust/passphrase.ts';
import { toTrustEntry } from '../trust/trust-entry.ts';

const DEFAULT_DAYS = '365';
const DAY = 24 * 60 * 60 * 1000;

const curves: Readonly<Record<string, KeyAlgorithm>> = { p256: 'ecdsa-p256', p384: 'ecdsa-p384', p521: 'ecdsa-p521' };

export const keygen = defineCommand<Output>({
  name: 'keygen',
  summary: 'Make a key to sign with, and the entry for it in trust.yaml',
  description: [
    'Writes NAME.key, which is secret, encrypted with a passphrase and readable by you alone, and NAME.pub, which others need to verify. Nothing is overwritten. The private key is PKCS#8 with scrypt: openssl and other tools open it with the same passphrase.',
    'The passphrase is asked for, or comes from --passphrase-fd or WAYBILL_PASSPHRASE; it is never an argument, which others on the machine could see.',
    'One key speaks for one role: --role goes into the printed entry, with the days on which the key counts. Everything that signs packages is ECDSA; P-256 is the one curve that cosign verifies without being told. Logs have Ed25519.',
  ],
  arguments: [{ name: 'NAME', description: 'what the two files are named after, as ./acme-release' }],
  options: {
    role: { value: 'ROLE', description: 'What the key speaks for (default: publisher)', choices: roles },
    algorithm: { value: 'CURVE', description: 'Curve of the key (default: p256)', choices: Object.keys(curves) },
    days: { value: 'N', description: `For how many days from today it is to count (default: ${DEFAULT_DAYS})` },
    unencrypted: { description: 'Write the private key as it is: whoever can read the file can sign' },
    ...passphraseOptions,
  },
  examples: [
    { command: 'waybill keygen acme-release', comment: 'asks for a passphrase, twice' },
    {
      command: 'waybill keygen ci-evaluation --role evaluator --passphrase-fd 3 3< passphrase.txt',
      comment: 'in a script',
    },
  ],
  output: async () => (await import('../outputs/keygen.ts')).output,
  async run(context, input) {
    const [name = ''] = input.positionals;
    const role = roles.find((one) => one === input.text('role')) ?? 'publisher';
    const algorithm = algorithmOf(role, input.text('algorithm'));
    const { notBefore, notAfter } = validity(input.text('days') ?? DEFAULT_DAYS, context.clock.now());
    const isEncrypted = !input.has('unencrypted');
    if (!isEncrypted && input.text('passphrase-fd') !== undefined)
      throw new WaybillError('USAGE', 'Cannot make a key: --unencrypted takes no passphrase');
    const files = keyFilesOf(name);
    refuseExisting(files);

    const key = generateKey(algorithm);
    const { id, key: publicKey } = publicKeyOf(key, name);
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const privateKey = isEncrypted
      ? encryptKey(key, await readPassphrase(context, input, { file: files.privateKey, isNew: true }))
      : key.export({ type: 'pkcs8', format: 'pem' }).toString();
    writeKeyFiles(files, { privateKey, publicKey: pem });
    return {
      ...files,
      keyId: id,
      algorithm,
      role,
      notBefore,
      notAfter,
      isEncrypted,
      ...(role === 'log' ? {} : { trust: toTrustEntry({ name, role, notBefore, notAfter, pem }) }),
    };
  },
  print: ({ privateKey, publicKey, keyId, algorithm, isEncrypted, trust }, paint) => {
    const lines = [
      `${paint.good('made')} a key of ${algorithm}`,
      `  private  ${privateKey}${isEncrypted ? '' : `  ${paint.warn('not encrypted: whoever reads it can sign')}`}`,
      `  public   ${publicKey}`,
      `  id       ${keyId}`,
    ];
    if (trust !== undefined) lines.push('', 'for trust.yaml of whoever verifies:', '', trust);
    return lines.join('\n');
  },
});

function algorithmOf(role: Role, curve: string | undefined): KeyAlgorithm {
  if (role !== 'log') return curves[curve ?? ''] ?? 'ecdsa-p256';
  if (curve === undefined) return 'ed25519';
  throw new WaybillError('USAGE', 'Cannot make a key: --algorithm is not for logs, which sign with Ed25519');
}

/** Whole days: the first and the last on which the key counts. */
function validity(days: string, now: number): { readonly notBefore: string; readonly notAfter: string } {
  if (!/^[1-9]\d{0,4}$/.test(days))
    throw new WaybillError('USAGE', `Cannot make a key for ${JSON.stringify(days)} days: it is no number of days`, {
      hint: `--days ${DEFAULT_DAYS}`,
    });
  const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);
  return { notBefore: dayOf(now), notAfter: dayOf(now + Number(days) * DAY) };
}
