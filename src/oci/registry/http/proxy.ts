/** Which proxy the environment names for an address, as curl and Go's programs read it. */
import net from 'node:net';
import { WaybillError } from '../../../base/errors.ts';

export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

/** @throws WaybillError CONFIG_INVALID for a proxy that cannot be used */
export function proxyFor(url: URL, environment: ProxyEnvironment): URL | undefined {
  const setting = (name: string) => environment[name.toLowerCase()] || environment[name.toUpperCase()];
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = setting(name);
  if (value === undefined || isExempt(url, setting('NO_PROXY') ?? '')) return undefined;
  const proxy = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`);
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy;
  // Not shown: it may hold a password.
  throw new WaybillError('CONFIG_INVALID', `Cannot use the proxy in ${name}: it is no http or https address`);
}

/** A name with all below it, an address, a network, each with a port or without; `*` for all. */
function isExempt(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      if (net.isIP(host) !== 0 && entry.includes('/')) return isInNetwork(host, entry);
      const [, name = '', wanted] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(net.isIPv6(entry) ? `[${entry}]` : entry) ?? [];
      if (wanted !== undefined && wanted !== port) return false;
      const domain = name.replace(/^\*?\./, '');
      return (host === domain && domain === name) || (domain !== '' && host.endsWith(`.${domain}`));
    });
}

function isInNetwork(host: string, entry: string): boolean {
  const [network = '', bits = ''] = entry.split('/');
  const family = net.isIPv6(network) ? 'ipv6' : 'ipv4';
  if (net.isIP(network) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 'ipv6' ? 128 : 32)) return false;
  const block = new net.BlockList();
  block.addSubnet(network, Number(bits), family);
  return block.check(host, net.isIPv6(host) ? 'ipv6' : 'ipv4');
}

/** What the proxy wants to know of us, if its address says it. */
export function proxyHeaders({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
