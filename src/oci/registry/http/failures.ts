/** What can be wrong with a line to a registry, in the reader's words. */
import { systemCode, WaybillError } from '../../../base/errors.ts';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name cannot be looked up now',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  ETIMEDOUT: 'there was no answer in time',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'there is no network',
  EPROTO: 'it does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
};

/** Lines break and fall silent; the same request may well succeed a moment later. */
const PASSING = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

/** An error as the system would give it, for what only we notice. */
export function lineError(code: 'ECONNRESET' | 'ETIMEDOUT', message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** Whether the line broke or fell silent, as opposed to an answer that cannot be used. */
export function isBrokenLine(error: unknown): boolean {
  if (!(error instanceof WaybillError)) return PASSING.has(systemCode(error) ?? '');
  return error.code === 'REGISTRY_UNAVAILABLE' && error.cause !== undefined && isBrokenLine(error.cause);
}

/** Wraps what the system and TLS say of the way to a host; all else stays as it is. */
export function unavailable(host: string, error: unknown): unknown {
  const code = systemCode(error);
  if (error instanceof WaybillError || !(error instanceof Error) || code === undefined) return error;
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code);
  const reason = isCertificate ? 'its certificate is not trusted' : (reasons[code] ?? error.message);
  const hint = isCertificate
    ? 'Name its certificate authority with --ca FILE'
    : reason === reasons['EPROTO']
      ? 'If it really speaks plain http: --plain-http'
      : 'Check the name of the host, the network and the proxy settings';
  return new WaybillError('REGISTRY_UNAVAILABLE', `Cannot reach ${host}: ${reason}`, { cause: error, hint });
}

/** An answer that is not HTTP, or could be read in two ways. */
export function badAnswer(host: string, found: string): WaybillError {
  return new WaybillError('REGISTRY_UNAVAILABLE', `Cannot use ${host}: ${found}`, {
    hint: 'Check the port: something else than a registry may listen there, or TLS is spoken (or not)',
  });
}
