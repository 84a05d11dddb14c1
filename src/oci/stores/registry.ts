/** `host/repository`: one repository of a registry, over the OCI distribution specification. */
import { WaybillError } from '../../base/errors.ts';
import { parseReference } from '../reference.ts';
import type { StoreKind } from '../store-kind.ts';

export const registry: StoreKind = {
  id: 'registry',
  description: 'a repository of a registry',
  async open(location, { network }) {
    const { host, repository } = parseReference(location);
    if (host === undefined || network === undefined)
      throw new WaybillError('NAME_INVALID', `Cannot open ${location}: it names no registry`);
    // Loaded when it is needed: HTTP and TLS would be a third of what a local verb takes to start.
    const [{ Authorizer }, { RegistryRepository }, { Session }, { Transport }] = await Promise.all([
      import('../registry/authorize.ts'),
      import('../registry/repository.ts'),
      import('../registry/session.ts'),
      import('../registry/transport.ts'),
    ]);
    const { certificates, environment, credentials, records, mountFrom = [], signal } = network;
    const transport = new Transport({ certificates, environment });
    const authorizer = new Authorizer(host, transport, credentials);
    const session = new Session({ host, isPlainHttp: network.isPlainHttp(host), transport, authorizer, signal });
    const store = new RegistryRepository(session, repository, { records, mountFrom });
    return Object.assign(store, { [Symbol.asyncDispose]: async () => transport[Symbol.dispose]() });
  },
};
