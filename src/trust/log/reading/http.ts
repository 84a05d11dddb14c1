/** A log that is served over HTTP: C2SP tlog-tiles, "APIs". What comes is limited, and believed by nobody. */
import { gunzipSync } from 'node:zlib';
import { collect } from '../../../base/bytes.ts';
import { WaybillError } from '../../../base/errors.ts';
import type { HttpResponse, Transport } from '../../../oci/registry/transport.ts';
import { type LogReader, maxSizeOf } from './reader.ts';

export interface HttpReaderOptions {
  readonly transport: Transport;
  readonly signal?: AbortSignal;
}

/** @param address of the log, to which the paths of its files are added */
export function httpReader(address: URL, { transport, signal }: HttpReaderOptions): LogReader {
  const base = new URL(address.href.endsWith('/') ? address.href : `${address.href}/`);
  return {
    place: address.href,
    async read(path) {
      const url = new URL(path, base);
      try {
        const headers = { 'accept-encoding': path.startsWith('tile/entries/') ? 'gzip, identity' : 'identity' };
        return await contentOf(await transport.send({ method: 'GET', url, headers, signal }), maxSizeOf(path));
      } catch (error) {
        throw undecided(error);
      }
    },
  };
}

async function contentOf(response: HttpResponse, limit: number): Promise<Buffer | undefined> {
  const { status, url } = response;
  if (status !== 200) {
    await response.discard();
    if (status === 404 || status === 410) return undefined;
    // Also for one that leads elsewhere: the log is where it was said to be, or it is not asked.
    throw new WaybillError('TRUST_UNDECIDED', `Cannot read ${url.href}: the answer is ${status}`, {
      hint: 'Give the address that the log publishes',
    });
  }
  const encoding = response.header('content-encoding') ?? 'identity';
  const bytes = await collect(response.body, limit, url.href);
  if (encoding === 'identity') return bytes;
  if (encoding === 'gzip') return unpack(bytes, url, limit);
  throw new WaybillError(
    'TRUST_UNDECIDED',
    `Cannot read ${url.href}: it is compressed in a way that was not asked for`,
  );
}

function unpack(bytes: Buffer, { href }: URL, limit: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (cause) {
    throw new WaybillError('TRUST_UNDECIDED', `Cannot read ${href}: what is compressed is broken or too large`, {
      cause,
    });
  }
}

/** That nobody answers says nothing of the log. */
function undecided(error: unknown): unknown {
  if (!(error instanceof WaybillError) || error.code !== 'REGISTRY_UNAVAILABLE') return error;
  return new WaybillError('TRUST_UNDECIDED', error.message, {
    hint: 'Check the address of the log, the network and the proxy settings',
    cause: error,
  });
}
