/** Asks a registry whether it is one and whether it knows us: distribution specification, "Determining Support". */

import type { Network } from '../store-kind.ts';
import { Authorizer } from './authorize.ts';
import type { Credential } from './credentials.ts';
import { Session } from './session.ts';
import { Transport } from './transport.ts';

/** @throws WaybillError UNAUTHORIZED when the registry refuses the credential */
export async function checkLogin(
  host: string,
  credential: Credential,
  { certificates, environment, signal, isPlainHttp }: Network,
): Promise<void> {
  using transport = new Transport({ certificates, environment });
  const authorizer = new Authorizer(host, transport, { find: async () => credential });
  const session = new Session({ host, isPlainHttp: isPlainHttp(host), transport, authorizer, signal });
  const response = await session.ask({
    method: 'GET',
    to: '/v2/',
    access: undefined,
    expect: [200],
    attempt: `log in to ${host}`,
  });
  await response.discard();
}
