/** What a policy names and that lies elsewhere: a file, or an address that is fetched. */
import { collect } from '../../base/bytes.ts';
import { WaybillError } from '../../base/errors.ts';
import { readSmallFile } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Context } from '../context.ts';
import { networkOf } from '../registry.ts';

/**
 * @param source a file, or an address; plain http only of this machine
 * @param limit in bytes
 * @throws WaybillError TRUST_UNDECIDED for whatever cannot be read: it would have decided
 */
export async function readFar(context: Context, source: string, limit: number): Promise<Buffer> {
  try {
    return /^https?:\/\//.test(source)
      ? await fetchFrom(context, new URL(source), limit)
      : readSmallFile(source, limit);
  } catch (error) {
    const explained = explainSystemError(`Cannot read ${source}`, error);
    if (!(explained instanceof WaybillError)) throw error;
    throw new WaybillError('TRUST_UNDECIDED', explained.message, {
      cause: explained,
      hint: 'The policy needs it: make it reachable, or change the policy',
    });
  }
}

async function fetchFrom(context: Context, url: URL, limit: number): Promise<Buffer> {
  const { certificates, environment, signal, isPlainHttp } = networkOf(context);
  if (url.protocol === 'http:' && !isPlainHttp(url.host))
    throw new WaybillError('TRUST_UNDECIDED', `Cannot read ${url.href}: plain http is only for this machine`);
  const { Transport } = await import('../../oci/registry/transport.ts');
  using transport = new Transport({ certificates, environment });
  const response = await transport.send({ method: 'GET', url, headers: { 'accept-encoding': 'identity' }, signal });
  if (response.status !== 200) {
    await response.discard();
    throw new WaybillError('TRUST_UNDECIDED', `Cannot read ${url.href}: the answer is ${response.status}`);
  }
  return collect(response.body, limit, url.href);
}
