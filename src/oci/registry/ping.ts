/** Asks a registry whether it is one and whether it knows us: distribution specification, "Determining Support". */

import type { Network } from '../store-kind.ts';
import { Authorizer } from './authorize.ts';
import type { Credential } from './credentials.ts';
import { Session } from './session.ts';
import { Transport } from './transport.ts';

/**
 * @param hosts the registry, and token services of other domains that may be sent the credential
 * @throws WaybillError UNAUTHORIZED when the registry refuses the credential, DENIED when it wants it
 *   sent elsewhere
 */
export async function checkLogin(
  [host, ...others]: readonly [string, ...string[]],
  credential: Credential,
  { certificates, environment, signal, isPlainHttp }: Network,
): Promise<void> {
  using transport = new Transport({ certificates, environment });
  const authorizer = new Authorizer(host, transport, {
    find: async (asked) => (asked === host || others.includes(asked) ? credential : undefined),
  });
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
