/** Signing what was just packed, which reads nothing again; and signing and verifying a folder, which is hashing it. */
import fs from 'node:fs';
import { predicateTypes } from '../../../src/trust/predicate-types.ts';
import { compete } from '../compete.ts';
import { openssl } from '../floors.ts';
import { cpuOf } from '../measure.ts';
import { describeAll, judge, judgeRatio } from '../row.ts';
import { touch } from '../samples.ts';
import { seconds } from '../statistics.ts';
import type { Case } from './case.ts';

const POLICY = `trust: 1
keys:
  - { id: publisher, role: publisher, file: publisher.pub }
repositories:
  - match: bench/**
    require:
      - { role: publisher, predicateType: ${predicateTypes.package} }
`;

/** Seconds that a policy may cost beside the bytes. */
const ALLOWANCE = 0.05;

export const sign: Case = {
  id: 'sign',
  async run(trial) {
    const sample = trial.shards();
    touch(sample);
    await trial.keepPacked('shards');
    const newKey = () => {
      trial.remove('publisher.key', 'publisher.pub', 'shards.sig');
      trial.measure(trial.waybill('shards', 'keygen', 'publisher', '--unencrypted'));
    };
    newKey();
    const onFolder = (verb: string, key: string, ...more: readonly string[]) =>
      trial.waybill('shards', verb, './shards', '--signature', 'shards.sig', '--key', key, ...more);
    const packed = {
      command: trial.waybill('shards', 'sign', 'bench/shards:1.0.0', '--key', 'publisher.key'),
      // Another signer each time: by the same there would be nothing to do.
      before: newKey,
    };
    const known = compete(trial.rounds, { sign: packed });

    const floor = openssl(trial, sample);
    const folder = {
      command: onFolder('sign', 'publisher.key', '--no-cache'),
      before: () => trial.remove('shards.sig'),
    };
    const signed = compete(trial.rounds, { openssl: floor, sign: folder });
    const verified = { command: onFolder('verify', 'publisher.pub') };
    const checked = compete(trial.rounds, { openssl: floor, verify: verified });
    fs.writeFileSync(trial.at('shards.trust.yaml'), POLICY);
    const trusted = {
      command: trial.waybill('shards', 'verify', 'bench/shards:1.0.0', '--trust', 'shards.trust.yaml'),
    };
    const held = compete(trial.rounds, { openssl: floor, verify: trusted });
    return [
      judge(
        known.sign.map(({ wall }) => wall),
        {
          what: 'sign a package that was just packed: wall time of the whole program',
          target: '≤ 0.5 s',
          limit: 0.5,
          format: seconds,
          by: [packed],
          note: describeAll(known),
        },
      ),
      judgeRatio(
        cpuOf,
        { ours: signed.sign, others: [signed.openssl] },
        {
          what: 'sign a folder: CPU ÷ openssl',
          target: '≤ 1.15',
          limit: 1.15,
          by: [folder, floor],
          note: describeAll(signed),
        },
      ),
      judgeRatio(
        cpuOf,
        { ours: checked.verify, others: [checked.openssl] },
        {
          what: 'verify a signed folder: CPU ÷ openssl',
          target: '≤ 1.15',
          limit: 1.15,
          by: [verified, floor],
          note: describeAll(checked),
        },
      ),
      judgeRatio(
        cpuOf,
        { ours: held.verify, others: [held.openssl] },
        {
          what: 'verify --trust of a signed package: CPU ÷ openssl',
          target: '≤ 1.15, and 50 ms',
          limit: 1.15 + ALLOWANCE / Math.min(...held.openssl.map(cpuOf)),
          by: [trusted, floor],
          note: describeAll(held),
        },
      ),
    ];
  },
};
