/** cosign 3 with keys alone: nothing of it asks Sigstore's public services. */
import fs from 'node:fs';
import path from 'node:path';
import { attempt, type Outcome, run } from './_run.ts';
import { commandOf } from './_tools.ts';

/** With `--key` and this, it needs neither a log nor a trust root. */
const WITHOUT_LOG = '--insecure-ignore-tlog=true';
const WITHOUT_SERVICES = ['--tlog-upload=false', '--use-signing-config=false', '--yes'];

export interface Cosign {
  /** Files of the key that it made. */
  readonly privateKey: string;
  readonly publicKey: string;
  verify(key: string, reference: string, ...more: readonly string[]): Outcome;
  verifyAttestation(key: string, reference: string, type: string, ...more: readonly string[]): Outcome;
  tree(reference: string): string;
  sign(reference: string, ...more: readonly string[]): void;
  attest(reference: string, type: string, predicate: string, ...more: readonly string[]): void;
  run(...words: readonly string[]): Outcome;
}

/** @param folder for its key, and for its home */
export function openCosign(folder: string): Cosign {
  fs.mkdirSync(folder, { recursive: true });
  const options = { cwd: folder, env: { COSIGN_PASSWORD: '', HOME: folder } };
  const command = commandOf('cosign');
  run(command, ['generate-key-pair'], options);
  const [privateKey, publicKey] = [path.join(folder, 'cosign.key'), path.join(folder, 'cosign.pub')];
  // A layout is no registry.
  const remote = (reference: string) => (reference.includes('@') ? ['--allow-http-registry'] : []);
  return {
    privateKey,
    publicKey,
    verify: (key, reference, ...more) =>
      attempt(command, ['verify', '--key', key, WITHOUT_LOG, ...remote(reference), ...more, reference], options),
    verifyAttestation: (key, reference, type, ...more) =>
      attempt(
        command,
        ['verify-attestation', '--key', key, WITHOUT_LOG, ...remote(reference), '--type', type, ...more, reference],
        options,
      ),
    tree: (reference) => run(command, ['tree', ...remote(reference), reference], options).stdout,
    sign: (reference, ...more) =>
      void run(
        command,
        ['sign', '--key', privateKey, ...WITHOUT_SERVICES, ...remote(reference), ...more, reference],
        options,
      ),
    attest: (reference, type, predicate, ...more) => {
      const words = ['--key', privateKey, '--type', type, '--predicate', predicate, ...WITHOUT_SERVICES];
      run(command, ['attest', ...words, ...remote(reference), ...more, reference], options);
    },
    run: (...words) => attempt(command, words, options),
  };
}

/** The statements that verify-attestation printed. */
export function printedIn({ stdout }: Outcome): readonly { predicateType: string; predicate: unknown }[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(Buffer.from(JSON.parse(line).payload, 'base64').toString()));
}
