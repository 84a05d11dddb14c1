/** What `waybill attestations` knows, as people read it: what is verified first. */
import { shortDigest } from '../../oci/digest.ts';
import type { AttestationOutput, Output } from '../outputs/attestations.ts';
import { NO_KEY } from '../trust/describe-attestation.ts';
import type { Paint } from './paint.ts';
import { safeText } from './safe-text.ts';
import { count } from './units.ts';

const ORDER = ['verified', 'not-verified', 'elsewhere', 'unreadable'] as const;

/** A summary repeats what a stranger wrote; more of it is in the JSON. */
const MAX_LINE_LENGTH = 300;

export function formatAttestations({ digest, attestations, proofs }: Output, paint: Paint): string {
  const sorted = ORDER.flatMap((status) => attestations.filter((one) => one.status === status));
  const lines = [`${paint.bold(digest)}  ${totalOf(attestations)}`];
  for (const one of sorted) lines.push('', ...linesOf(one, paint));
  if (attestations.some(({ why }) => why === NO_KEY))
    lines.push(
      '',
      paint.dim('--key FILE shows what is signed by a key that you have, --trust FILE what counts by a policy'),
    );
  if (proofs.length > 0)
    lines.push('', paint.dim(`${count(proofs.length, 'log proof')}: waybill log verify tells whether they hold`));
  return lines.join('\n');
}

function totalOf(attestations: readonly AttestationOutput[]): string {
  const parts = ORDER.map((status) => [attestations.filter((one) => one.status === status).length, status] as const);
  const named = parts.filter(([number]) => number > 0).map(([number, status]) => `${number} ${wordOf(status)}`);
  return named.length === 0 ? 'nothing is attached' : `${count(attestations.length, 'statement')}: ${named.join(', ')}`;
}

function linesOf(one: AttestationOutput, paint: Paint): string[] {
  const { status, kind, predicateType, hint, source, why, problems, error, saved, referrer } = one;
  const colour = { verified: paint.good, 'not-verified': paint.warn, elsewhere: paint.bad, unreadable: paint.bad };
  const type =
    predicateType ?? (source === 'cosign-signature' ? "cosign's signature" : `announced as ${hint ?? 'nothing'}`);
  const said = saidIn(one);
  return [
    `${colour[status](wordOf(status).padEnd(12))} ${paint.bold(kind ?? safe(type))}${kind === undefined ? '' : paint.dim(` ${safe(type)}`)}`,
    ...(said === undefined ? [] : [`  says  ${said}`]),
    ...(problems ?? []).slice(0, 1).map((problem) => `  but   ${paint.warn(safe(problem))}`),
    ...(error === undefined ? [`  by    ${signerIn(one)}`] : [`  ${error.code}: ${safe(error.message)}`]),
    ...(why === undefined || why === NO_KEY ? [] : [paint.dim(`  ${why}`)]),
    paint.dim(`  in    ${shortDigest(referrer)}${source === 'bundle' ? '' : ', as cosign wrote before version 3'}`),
    ...(saved === undefined ? [] : [`  saved ${saved}`]),
  ];
}

/** What a known kind says in a line; of another one, the names of what it holds are not worth one. */
function saidIn({ summary, problems }: AttestationOutput): string | undefined {
  if (summary !== undefined) return safe(summary);
  return problems === undefined ? undefined : 'something that is not as its specification says';
}

function signerIn({ keyId, key, signer }: AttestationOutput): string {
  if (keyId !== undefined) return `key ${keyId.slice(0, 16)} (${key})`;
  if (signer?.kind !== 'certificates') return `a key that it calls ${safe(signer?.hint?.slice(0, 64) ?? 'nothing')}`;
  return `a certificate for ${signer.identities.length === 0 ? 'nobody that can be read' : safe(signer.identities.join(', '))}`;
}

function wordOf(status: AttestationOutput['status']): string {
  return status === 'not-verified' ? 'not verified' : status === 'elsewhere' ? 'of another' : status;
}

function safe(text: string): string {
  const shown = safeText(text);
  return shown.length > MAX_LINE_LENGTH ? `${shown.slice(0, MAX_LINE_LENGTH)}…` : shown;
}
