/** Addresses on which a hub listens, and which of them others reach. */
import { isIPv4, isIPv6 } from 'node:net';
import { WaybillError } from '../../base/errors.ts';

export interface ListenAddress {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Whether only this machine reaches it. */
  readonly isLoopback: boolean;
}

/** @throws WaybillError USAGE */
export function parseListenAddress(text: string): ListenAddress {
  const [, host = '', port = ''] = /^(?:(\[[0-9a-f:]+\]|[^:]*):)?(\d{1,5})$/i.exec(text) ?? [];
  if (port === '' || Number(port) > 65_535) {
    throw new WaybillError('USAGE', `Cannot listen on ${JSON.stringify(text)}: it is no HOST:PORT`, {
      hint: 'For example 127.0.0.1:5000',
    });
  }
  const bare = host === '' ? '127.0.0.1' : host.replace(/^\[|\]$/g, '');
  return { host: bare, port: Number(port), isLoopback: isLoopback(bare) };
}

function isLoopback(host: string): boolean {
  if (isIPv4(host)) return host.startsWith('127.');
  if (isIPv6(host)) return /^(?:0*:)*:?0*1$/.test(host);
  return host === 'localhost';
}
