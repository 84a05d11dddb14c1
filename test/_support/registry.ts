/** A repository of a registry on this machine, as a client opens it. */
import { noRecords } from '../../src/oci/registry/records.ts';
import type { Network, OpenStore } from '../../src/oci/store-kind.ts';
import { registry } from '../../src/oci/stores/registry.ts';

/** Nothing of the user's own: no credentials, no proxies. */
export const plainNetwork: Network = {
  credentials: { find: async () => undefined },
  records: noRecords,
  certificates: [],
  environment: {},
  isPlainHttp: () => true,
};

/** @param host with its port, or the address of a server */
export function openRepositoryAt(host: string, name: string, changes: Partial<Network> = {}): Promise<OpenStore> {
  const bare = host.includes('://') ? new URL(host).host : host;
  return registry.open(`${bare}/${name}`, { access: 'write', network: { ...plainNetwork, ...changes } });
}

/** A user of every registry. */
export const ada = { credentials: { find: async () => ({ username: 'ada', password: 'secret' }) } };
