/** `host/repository`: one repository of a registry, over the OCI distribution specification. */
import { WaybillError } from '../../base/errors.ts';
import { parseReference } from '../reference.ts';
import { Authorizer } from '../registry/authorize.ts';
import { RegistryRepository } from '../registry/repository.ts';
import { Session } from '../registry/session.ts';
import { Transport } from '../registry/transport.ts';
import type { StoreKind } from '../store-kind.ts';

export const registry: StoreKind = {
  id: 'registry',
  description: 'a repository of a registry',
  async open(location, { network }) {
    const { host, repository } = parseReference(location);
    if (host === undefined || network === undefined)
      throw new WaybillError('NAME_INVALID', `Cannot open ${location}: it names no registry`);
    const { certificates, environment, credentials, records, mountFrom = [], signal } = network;
    const transport = new Transport({ certificates, environment });
    const authorizer = new Authorizer(host, transport, credentials);
    const session = new Session({ host, isPlainHttp: network.isPlainHttp(host), transport, authorizer, signal });
    const store = new RegistryRepository(session, repository, { records, mountFrom });
    return Object.assign(store, { [Symbol.asyncDispose]: async () => transport[Symbol.dispose]() });
  },
};
