/**
 * Where a registry may send us for a token. Its challenge names any address, and what is sent there
 * with a password in it: the distribution project's "Token Authentication Specification" sets no bounds.
 */
import { WaybillError } from '../../base/errors.ts';

/**
 * @param realm what the challenge names
 * @param registry the registry as it was asked
 * @returns the address: with TLS, or the registry itself on this machine
 * @throws WaybillError DENIED
 */
export function checkRealm(realm: string | undefined, registry: URL): URL {
  const refuse = (found: string, cause?: unknown) =>
    new WaybillError('DENIED', `Cannot get a token for ${registry.host}: ${found}`, { cause });
  let url: URL;
  try {
    url = new URL(realm ?? '');
  } catch (cause) {
    throw refuse('its challenge names no address', cause);
  }
  if (url.username !== '' || url.password !== '') throw refuse('the address of its token service holds credentials');
  // It is shown in a command that somebody may copy into a shell.
  if (!/^(?:[a-z0-9._-]+|\[[0-9a-f:]+\])$/.test(url.hostname)) throw refuse('its token service has no host name');
  if (url.protocol === 'https:') {
    if (isLocalName(url.hostname) && !isLocalName(registry.hostname))
      throw refuse(`its token service is on this machine or network (${url.host})`);
    return url;
  }
  if (url.protocol === 'http:' && url.host === registry.host && registry.protocol === 'http:') return url;
  throw refuse(`its token service would get the password in plain text (${url.origin})`);
}

/** Addresses that a public registry has no business to send us to: RFC 1122, 1918, 3927, 6598; IPv6 by its brackets. */
function isLocalName(host: string): boolean {
  return /^(?:localhost|.*\.localhost|127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|0\.|\[)/i.test(
    host,
  );
}

/**
 * Whether a token service belongs to whoever runs the registry, as far as names tell: the same host, one
 * below it, or one of the same domain, as `auth.docker.io` for `registry-1.docker.io`.
 */
export function isSameOwner(service: string, registry: string): boolean {
  const [one, other] = [plain(service), plain(registry)];
  if (one === other) return true;
  // A name without a dot is of this network, and may be the end of anybody's: `dev`.
  if (other.includes('.') && one.endsWith(`.${other}`)) return true;
  const domain = domainOf(other);
  return domain !== undefined && domainOf(one) === domain;
}

/** Below countries: `co.uk`, `com.au`, `or.jp`. */
const OF_A_COUNTRY =
  /^(?:ac|asn|co|com|edu|gen|gob|gouv|go|gov|gv|id|ltd|mil|ne|net|nic|nom|or|org|plc|sch|web)\.[a-z]{2}$/;

/** Those who give a name below their own to anybody, as far as registries and what stands before them lie there. */
const OF_ANYBODY: readonly string[] = [
  'amazonaws.com',
  'azurecr.io',
  'azurewebsites.net',
  'cloudfront.net',
  'duckdns.org',
  'fly.dev',
  'github.io',
  'gitlab.io',
  'herokuapp.com',
  'netlify.app',
  'ngrok.app',
  'ngrok.io',
  'onrender.com',
  'pages.dev',
  'run.app',
  'vercel.app',
  'web.app',
  'workers.dev',
];

/**
 * The domain that somebody has registered: the last two labels, or three. The list of all public
 * suffixes has ten thousand lines and changes every week; what the two above do not know counts as one
 * owner, which is no worse than what any registry can do: to ask for the password itself.
 */
function domainOf(host: string): string | undefined {
  const labels = host.split('.');
  // Addresses have no owner in them.
  if (host.startsWith('[') || labels.every((label) => /^\d+$/.test(label))) return undefined;
  const last = labels.slice(-2).join('.');
  const count = OF_A_COUNTRY.test(last) || OF_ANYBODY.includes(last) ? 3 : 2;
  return labels.length < count ? undefined : labels.slice(-count).join('.');
}

function plain(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}
