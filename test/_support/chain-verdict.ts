/** What `verifyCertificateChain` says to a chain: the id of the key, or why not. */
import { WaybillError } from '../../src/base/errors.ts';
import { readRoots } from '../../src/trust/x509/read-certificates.ts';
import { type Revoked, verifyCertificateChain } from '../../src/trust/x509/verify-chain.ts';
import { type Issued, toPemText } from './certificates.ts';

/** The name in `issueLeaf`. */
export const RELEASE = 'https://acme.example/release';

const AT = new Date('2026-11-27T12:00:00Z');

export interface Asked {
  readonly roots: readonly Issued[];
  readonly identity?: string;
  readonly at?: Date;
  readonly revoked?: Revoked;
}

/** An empty identity is anybody's. */
export function chainVerdict(chain: readonly Issued[], { roots, identity = RELEASE, at = AT, revoked }: Asked): string {
  try {
    const who = identity === '' ? ({ anyIdentity: true } as const) : { identity };
    const trusted = readRoots(toPemText(...roots), 'roots.pem');
    const policy = { ...who, roots: trusted, at, ...(revoked === undefined ? {} : { revoked }) };
    return verifyCertificateChain(
      chain.map(({ der }) => der),
      policy,
    ).id;
  } catch (error) {
    if (error instanceof WaybillError && error.code !== 'INTERNAL') return `${error.code} ${error.message}`;
    throw error;
  }
}
