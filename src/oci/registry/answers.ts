/** What registries answer when they do not do it: distribution specification, "Error Codes". */
import { collect } from '../../base/bytes.ts';
import { type ErrorCode, WaybillError } from '../../base/errors.ts';
import { type HttpResponse, MAX_ANSWER_SIZE } from './transport.ts';

const known: Readonly<Record<string, ErrorCode>> = {
  BLOB_UNKNOWN: 'BLOB_UNKNOWN',
  MANIFEST_BLOB_UNKNOWN: 'BLOB_UNKNOWN',
  MANIFEST_UNKNOWN: 'MANIFEST_UNKNOWN',
  NAME_UNKNOWN: 'MANIFEST_UNKNOWN',
  MANIFEST_INVALID: 'MANIFEST_INVALID',
  DIGEST_INVALID: 'DIGEST_INVALID',
  SIZE_INVALID: 'SIZE_INVALID',
  NAME_INVALID: 'NAME_INVALID',
  UNSUPPORTED: 'UNSUPPORTED',
  DENIED: 'DENIED',
  UNAUTHORIZED: 'UNAUTHORIZED',
  TOOMANYREQUESTS: 'TOOMANYREQUESTS',
};

const byStatus: Readonly<Record<number, { code: ErrorCode; found: string; hint?: string }>> = {
  401: { code: 'UNAUTHORIZED', found: 'it wants other credentials' },
  403: { code: 'DENIED', found: 'it does not allow this with these credentials' },
  404: { code: 'MANIFEST_UNKNOWN', found: 'it has no such repository or artifact' },
  405: { code: 'UNSUPPORTED', found: 'it does not do this' },
  413: { code: 'LIMIT_EXCEEDED', found: 'it takes nothing so large' },
  429: { code: 'TOOMANYREQUESTS', found: 'it asks for fewer requests' },
};

/** Reads the answer to its end and turns it into an error. */
export async function registryError(response: HttpResponse, attempt: string, host: string): Promise<WaybillError> {
  const { code, message } = parseAnswer(await readText(response));
  const usual = byStatus[response.status];
  const found = message === '' ? (usual?.found ?? `it answers ${response.status}`) : `${host} says: ${message}`;
  const own = (code === undefined ? undefined : known[code]) ?? usual?.code ?? 'REGISTRY_UNAVAILABLE';
  const hint = hintFor(response, host);
  return new WaybillError(own, `Cannot ${attempt}: ${found}`, {
    found: `${response.status}${code === undefined ? '' : ` ${code}`}`,
    ...(hint === undefined ? {} : { hint }),
  });
}

function hintFor(response: HttpResponse, host: string): string | undefined {
  if (response.status === 401 || response.status === 403) return `waybill login ${host}`;
  const wait = response.header('retry-after');
  if (response.status === 429) return wait === undefined ? 'Try again later' : `Try again after ${wait} seconds`;
  return undefined;
}

async function readText(response: HttpResponse): Promise<string> {
  try {
    return (await collect(response.body, MAX_ANSWER_SIZE, 'the answer')).toString('utf8');
  } catch {
    await response.discard();
    return '';
  }
}

/** The first error of the specification's form; anything else says nothing. */
function parseAnswer(text: string): { code: string | undefined; message: string } {
  try {
    const [first] = JSON.parse(text).errors;
    const message = typeof first.message === 'string' ? first.message.slice(0, 300) : '';
    return { code: typeof first.code === 'string' ? first.code : undefined, message };
  } catch {
    return { code: undefined, message: '' };
  }
}
