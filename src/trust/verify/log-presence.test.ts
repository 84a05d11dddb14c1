import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { logSigner, ORIGIN, verifierKey } from '../../../test/_support/log.ts';
import { makeScratch, type Scratch } from '../../../test/_support/scratch.ts';
import {
  ask,
  attestationOf,
  DAY,
  FACTS,
  NOW,
  outcomeOf,
  policyFor,
  published,
} from '../../../test/_support/trust-cases.ts';
import { newKey } from '../../../test/_support/trust-files.ts';
import { WaybillError } from '../../base/errors.ts';
import { digestOf } from '../../oci/digest.ts';
import type { Attestation } from '../attestations/attestation.ts';
import type { AttachedProof } from '../attestations/proofs.ts';
import { logEntry } from '../log/entry.ts';
import { parseNote } from '../log/note/note.ts';
import { cosign } from '../log/note/sign.ts';
import { parseProof } from '../log/proof/proof.ts';
import { proveEntry } from '../log/proof/prove.ts';
import { folderReader } from '../log/reading/folder.ts';
import { createLog, openLogWriter } from '../log/writer/open.ts';
import { signStatement } from '../sign-statement.ts';
import { proveLogged } from './log-presence.ts';

const keys = { publisher: newKey() };
const witness = (seed: number) => verifierKey(seed, `witness-${seed}.example`, 'cosignature');
const log = { origin: ORIGIN, vkey: verifierKey(), required: true };
const policyWith = (members: object) => policyFor(keys, [], { logs: [{ ...log, ...members }] });
const witnessed = policyWith({ witnesses: { quorum: 2, vkeys: [witness(2), witness(3), witness(4)] } });

let scratch: Scratch;
let attestations: readonly Attestation[];
let bare: Buffer;
beforeAll(async () => {
  scratch = makeScratch();
  attestations = await published(keys.publisher.signer);
  await createLog(scratch.at('log'), ORIGIN, logSigner());
  using writer = await openLogWriter(scratch.at('log'), logSigner());
  const { bundle, statement } = attestations[1] as Attestation;
  await writer.append([
    Buffer.from('another'),
    logEntry({
      kind: 'attestation',
      bundle: bundle?.digest ?? digestOf(''),
      subject: FACTS.digest,
      predicateType: statement?.predicateType ?? '',
    }),
  ]);
  bare = await proveEntry(folderReader(scratch.at('log')), 1);
});
afterAll(() => scratch[Symbol.dispose]());

const referrer = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digestOf('a referrer'), size: 1 };
const attached = (content: Buffer | WaybillError, bundle = attestations[1]?.bundle?.digest): AttachedProof => ({
  referrer,
  bundle,
  content,
});

/** The proof with cosignatures of witnesses at times, in days from now. */
async function seenBy(...seen: readonly (readonly [number, number])[]): Promise<Buffer> {
  const { text } = parseNote(parseProof(bare).checkpoint);
  const lines = await Promise.all(
    seen.map(([seed, days]) =>
      cosign(text, {
        name: `witness-${seed}.example`,
        signer: logSigner(seed),
        seconds: (NOW + days * DAY) / 1000,
      }),
    ),
  );
  return Buffer.concat([bare, ...lines.map((line) => Buffer.from(line))]);
}

const presence = (policy: typeof witnessed, proofs: readonly AttachedProof[]) =>
  proveLogged(policy.logs, { subject: FACTS.digest, attestations, proofs });
const presenceOf = (policy: typeof witnessed, ...proofs: readonly AttachedProof[]) =>
  presence(policy, proofs).logged.get(attestations[1]?.bundle?.digest ?? digestOf(''));
const outcome = (policy: typeof witnessed, ...proofs: readonly AttachedProof[]) =>
  outcomeOf(ask(policy, attestations, { logged: presence(policy, proofs).logged }));

test('a statement counts where a proof shows that it is in the log', () => {
  const policy = policyWith({});
  expect(outcome(policy, attached(bare))).toBe('pass');
  expect(presenceOf(policy, attached(bare))).toEqual([{ origin: ORIGIN, seenAt: undefined }]);
  expect(presence(policy, [attached(bare)]).checkpoints).toMatchObject([{ origin: ORIGIN, size: 2 }]);
});

describe('a statement is not logged', () => {
  test('without a proof, with one that cannot be read, or one of another statement', () => {
    const policy = policyWith({});
    expect(outcome(policy)).toBe('not-logged');
    expect(outcome(policy, attached(new WaybillError('BLOB_UNKNOWN', 'Cannot read it: it is gone')))).toBe(
      'not-logged',
    );
    expect(outcome(policy, attached(Buffer.from('junk')))).toBe('not-logged');
    expect(outcome(policy, attached(bare, digestOf('another bundle')))).toBe('not-logged');
    expect(outcome(policy, attached(Buffer.from('junk')), attached(bare))).toBe('pass');
  });

  test('in a log that another key signs, or that has another name', () => {
    expect(outcome(policyWith({ vkey: verifierKey(7) }), attached(bare))).toBe('not-logged');
    expect(outcome(policyWith({ origin: 'other.example' }), attached(bare))).toBe('not-logged');
  });

  test('before enough witnesses have seen it', async () => {
    expect(outcome(witnessed, attached(bare))).toBe('not-logged');
    expect(outcome(witnessed, attached(await seenBy([2, -3])))).toBe('not-logged');
    expect(outcome(witnessed, attached(await seenBy([2, -3], [9, -3])))).toBe('not-logged');
    expect(outcome(witnessed, attached(await seenBy([2, -3], [3, -2])))).toBe('pass');
  });
});

test('it was seen when as many witnesses as the quorum say so: one that lies about the time is not enough', async () => {
  const early = attached(await seenBy([2, -300], [3, -2], [4, -1]));
  expect(presenceOf(witnessed, early)).toEqual([{ origin: ORIGIN, seenAt: NOW - 2 * DAY }]);
  const late = attached(await seenBy([3, -0.5], [4, -0.5]));
  for (const proofs of [
    [early, late],
    [late, early],
  ])
    expect(presenceOf(witnessed, ...proofs)).toEqual([{ origin: ORIGIN, seenAt: NOW - 2 * DAY }]);
});

test('the same statement attached again is proved once, and a proof that does not say of what proves nothing', () => {
  const policy = policyWith({});
  const input = { subject: FACTS.digest, attestations: [...attestations, ...attestations], proofs: [attached(bare)] };
  expect(proveLogged(policy.logs, input).checkpoints).toHaveLength(1);
  expect(outcome(policy, { referrer, bundle: undefined, content: bare })).toBe('not-logged');
});

test('what is no statement is in no log', async () => {
  const text = await attestationOf(await signStatement(keys.publisher.signer, Buffer.from('x'), 'text/plain'));
  const input = { subject: FACTS.digest, attestations: [text], proofs: [attached(bare)] };
  expect(proveLogged(witnessed.logs, input).logged.size).toBe(0);
});
