/** Registries as the command line reaches them: with the user's credentials, proxies and certificates. */
import fs from 'node:fs';
import path from 'node:path';
import { explainSystemError } from '../base/system-errors.ts';
import type { Reference } from '../oci/reference.ts';
import { credentialFiles, credentialsFrom } from '../oci/registry/credentials.ts';
import { recordsIn } from '../oci/registry/records.ts';
import type { Network, OpenStore } from '../oci/store-kind.ts';
import { registry } from '../oci/stores/registry.ts';
import type { Option } from './command.ts';
import type { Context } from './context.ts';
import { cacheFolder } from './folders.ts';

/** Options of every verb that talks to a registry. */
export const networkOptions: Readonly<Record<string, Option>> = {
  'plain-http': { description: 'Speak to the registry without TLS (on this machine that is so by itself)' },
  ca: { value: 'FILE', description: "Certificates in PEM to trust beside the system's" },
};

/** Opens the repository that a reference with a host names. */
export function openRepository(
  context: Context,
  { host, repository }: Reference,
  mountFrom: readonly string[] = [],
): Promise<OpenStore> {
  return registry.open(`${host}/${repository}`, { access: 'write', network: { ...networkOf(context), mountFrom } });
}

export function networkOf(context: Context): Network {
  const { environment, platform, signal, plainHttp, certificateFile } = context;
  return {
    credentials: credentialsFrom(credentialFiles(environment)),
    records: recordsIn(path.join(cacheFolder(environment, platform), 'uploads')),
    certificates: certificateFile === undefined ? [] : [readCertificates(certificateFile)],
    environment,
    signal,
    // Whoever names a certificate wants TLS, on this machine too.
    isPlainHttp: (host) => plainHttp || (certificateFile === undefined && isLoopback(host)),
  };
}

/** Nobody else hears what is said on this machine. */
function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(host);
}

function readCertificates(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw explainSystemError(`Cannot read the certificates in ${file}`, error);
  }
}
