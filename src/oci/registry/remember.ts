/** Keeps credentials in the form of docker's `config.json`, readable by their owner alone. */
import fs from 'node:fs';
import path from 'node:path';
import { writeAtomically } from '../../base/files.ts';
import { type Credential, type CredentialFile, readCredentialFile } from './credentials.ts';

export function rememberCredential(file: string, host: string, { username, password }: Credential): void {
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  change(file, (auths) => ({ ...auths, [host]: { auth } }));
}

/** @returns whether there was one */
export function forgetCredential(file: string, host: string): boolean {
  const { auths = {} } = readCredentialFile(file);
  if (!Object.hasOwn(auths, host)) return false;
  change(file, ({ [host]: _, ...others }) => others);
  return true;
}

function change(
  file: string,
  next: (auths: NonNullable<CredentialFile['auths']>) => NonNullable<CredentialFile['auths']>,
): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const before = readCredentialFile(file);
  writeAtomically(file, `${JSON.stringify({ ...before, auths: next(before.auths ?? {}) }, null, 2)}\n`, 0o600);
}
