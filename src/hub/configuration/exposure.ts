/** Whether a hub may listen where it is told to: what others reach must ask who they are, unreadably for third ones. */
import { WaybillError } from '../../base/errors.ts';
import type { Anonymous } from '../access/access.ts';
import type { Settings } from './settings.ts';

/**
 * What somebody without a name may do.
 * @throws WaybillError DENIED for an address that others reach, where nobody would be asked or
 *   passwords would travel readably
 */
export function decideExposure(settings: Settings, { hasUsers }: { readonly hasUsers: boolean }): Anonymous {
  const { listen, tls, isBehindTlsProxy, anonymous } = settings;
  if (listen.isLoopback) return anonymous ?? (hasUsers ? 'nothing' : 'everything');
  const where = `${listen.host}:${listen.port}`;
  if (anonymous === 'everything') {
    throw new WaybillError(
      'DENIED',
      `Cannot listen on ${where}: others reach it, and access.anonymous lets everybody push and delete`,
      { hint: 'Set access.anonymous to nothing or pull, or listen on 127.0.0.1:5000' },
    );
  }
  if (!hasUsers && anonymous !== 'pull') {
    throw new WaybillError(
      'DENIED',
      `Cannot listen on ${where}: others reach it, and this hub has no users yet whom it could ask for a password`,
      { hint: 'Add one first: waybill hub user add NAME --role admin; or listen on 127.0.0.1:5000' },
    );
  }
  if (tls === undefined && !isBehindTlsProxy) {
    throw new WaybillError(
      'DENIED',
      `Cannot listen on ${where}: others reach it, and without TLS passwords would travel readably`,
      { hint: 'Set tls in hub.yaml, or access.behindTlsProxy: true if a proxy with TLS stands in front' },
    );
  }
  return anonymous ?? 'nothing';
}
