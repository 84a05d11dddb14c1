/**
 * Names and passwords for registries, from where docker and podman keep them: `config.json`,
 * `auth.json` and credential helpers (docker-credential-helpers, "Development").
 */
import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';

export interface Credential {
  readonly username: string;
  readonly password: string;
  /** A token to be exchanged for others, in place of name and password. */
  readonly identityToken?: string;
}

/** Finds the credential of a host. */
export interface CredentialSource {
  find(host: string): Promise<Credential | undefined>;
}

export interface CredentialFile {
  readonly auths?: Readonly<
    Record<string, { auth?: string; identitytoken?: string; username?: string; password?: string }>
  >;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** A line for each registry that somebody ever logged in to. */
const MAX_FILE_SIZE = 4 * 1024 * 1024;
/** A helper answers with one name and one password, or a token of some KiB. */
const MAX_HELPER_OUTPUT = 1024 * 1024;
const HELPER_MILLISECONDS = 30_000;

/** The files in which credentials are looked for, ours first. */
export function credentialFiles(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const home = environment['HOME'] ?? '';
  const runtime = environment['XDG_RUNTIME_DIR'];
  const config = environment['XDG_CONFIG_HOME'] ?? path.join(home, '.config');
  return [
    ...(environment['REGISTRY_AUTH_FILE'] === undefined ? [] : [environment['REGISTRY_AUTH_FILE']]),
    path.join(config, 'waybill', 'auth.json'),
    path.join(environment['DOCKER_CONFIG'] ?? path.join(home, '.docker'), 'config.json'),
    ...(runtime === undefined ? [] : [path.join(runtime, 'containers', 'auth.json')]),
    path.join(config, 'containers', 'auth.json'),
  ];
}

/** Looks through files in order; the first that knows the host answers. */
export function credentialsFrom(files: readonly string[]): CredentialSource {
  return {
    async find(host) {
      for (const file of files) {
        const found = await findIn(readCredentialFile(file), host);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** @throws WaybillError CONFIG_INVALID for a file that is there and cannot be understood */
export function readCredentialFile(file: string): CredentialFile {
  let text: string;
  try {
    if (fs.statSync(file).size > MAX_FILE_SIZE)
      throw new WaybillError(
        'CONFIG_INVALID',
        `Cannot read credentials in ${file}: it is larger than ${MAX_FILE_SIZE} bytes`,
      );
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof WaybillError) throw error;
    return {}; // Most machines have only one of the files.
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch (cause) {
    throw new WaybillError('CONFIG_INVALID', `Cannot read credentials in ${file}: it is not JSON`, { cause });
  }
}

async function findIn(
  { auths = {}, credHelpers = {}, credsStore }: CredentialFile,
  host: string,
): Promise<Credential | undefined> {
  const helper = credHelpers[host];
  if (helper !== undefined) return askHelper(helper, host);
  const entry = auths[host] ?? auths[`https://${host}`] ?? auths[`https://${host}/v1/`] ?? auths[`https://${host}/v2/`];
  const stored = entry === undefined ? undefined : decode(entry);
  if (stored !== undefined) return stored;
  return credsStore === undefined ? undefined : askHelper(credsStore, host);
}

function decode({
  auth,
  identitytoken,
  username,
  password,
}: {
  auth?: string;
  identitytoken?: string;
  username?: string;
  password?: string;
}): Credential | undefined {
  const token = identitytoken === undefined || identitytoken === '' ? {} : { identityToken: identitytoken };
  if (username !== undefined && password !== undefined) return { username, password, ...token };
  if (auth === undefined || auth === '')
    return 'identityToken' in token ? { username: '', password: '', ...token } : undefined;
  const text = Buffer.from(auth, 'base64').toString('utf8').replace(/\0+$/, '');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { username: text.slice(0, colon), password: text.slice(colon + 1), ...token };
}

/** @throws WaybillError CONFIG_INVALID when the helper is not there or fails; undefined when it knows nothing */
async function askHelper(name: string, host: string): Promise<Credential | undefined> {
  const refuse = (found: string, cause?: unknown) =>
    new WaybillError('CONFIG_INVALID', `Cannot ask docker-credential-${name} for ${host}: ${found}`, { cause });
  if (!/^[A-Za-z0-9._-]+$/.test(name)) throw refuse('that is no name of a helper');
  const { status, output } = await runHelper(`docker-credential-${name}`, host).catch((error: unknown) => {
    throw refuse('it cannot be run', error);
  });
  if (status !== 0) {
    if (/not found|no credentials|not exist/i.test(output)) return undefined;
    throw refuse(`it failed with status ${status}`);
  }
  try {
    const { Username: username, Secret: password } = JSON.parse(output);
    if (typeof username !== 'string' || typeof password !== 'string') return undefined;
    return username === '<token>' ? { username: '', password: '', identityToken: password } : { username, password };
  } catch (error) {
    throw refuse('its answer is not JSON', error);
  }
}

function runHelper(program: string, host: string): Promise<{ status: number | null; output: string }> {
  // Loaded when needed, 5 ms: few people have a helper.
  const { spawn } = process.getBuiltinModule('node:child_process');
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], { stdio: ['pipe', 'pipe', 'ignore'], timeout: HELPER_MILLISECONDS });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (output.length > MAX_HELPER_OUTPUT) child.kill();
    });
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
    child.stdin.on('error', () => {}).end(host);
  });
}
