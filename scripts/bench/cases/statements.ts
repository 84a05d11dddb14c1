/** A small package with as many statements as are read at all, held to a policy that asks for three of them. */
import { createPrivateKey } from 'node:crypto';
import fs from 'node:fs';
import { openLayout } from '../../../src/oci/layout/layout.ts';
import { attach } from '../../../src/trust/attestations/attach.ts';
import { localSigner } from '../../../src/trust/keys/signer.ts';
import { predicateTypes } from '../../../src/trust/predicate-types.ts';
import { signStatement } from '../../../src/trust/sign-statement.ts';
import { writeStatement } from '../../../src/trust/statement/statement.ts';
import { compete } from '../compete.ts';
import { describeAll, judge, judgeMost } from '../row.ts';
import { MIB } from '../samples.ts';
import { mebibytes, seconds } from '../statistics.ts';
import type { Trial } from '../trial.ts';
import type { Case } from './case.ts';

/** With the two of `sign` as many as a package may have. */
const STATEMENTS = 998;
const REFERENCE = 'bench/said:1.0.0';

const POLICY = `trust: 1
keys:
  - { id: publisher, role: publisher, file: publisher.pub }
  - { id: evaluator, role: evaluator, file: evaluator.pub }
repositories:
  - match: bench/**
    require:
      - { role: publisher, predicateType: ${predicateTypes.package} }
      - { role: evaluator, predicateType: ${predicateTypes.testResult}, result: PASSED }
`;

export const statements: Case = {
  id: 'statements',
  async run(trial) {
    trial.empty('said');
    fs.writeFileSync(
      trial.at('said/waybill.yaml'),
      'waybill: 1\nname: bench/said\nversion: 1.0.0\ncomponents: { docs: [README.md] }\n',
    );
    fs.writeFileSync(trial.at('said/README.md'), '# Much is said of it\n');
    fs.writeFileSync(trial.at('said.trust.yaml'), POLICY);
    trial.remove('publisher.key', 'publisher.pub', 'evaluator.key', 'evaluator.pub');
    for (const words of [
      ['pack', 'said'],
      ['keygen', 'publisher', '--unencrypted'],
      ['keygen', 'evaluator', '--role', 'evaluator', '--unencrypted'],
      ['sign', REFERENCE, '--key', 'publisher.key'],
    ])
      trial.measure(trial.waybill('said', ...words));
    await sayMuch(trial);
    const verify = { command: trial.waybill('said', 'verify', REFERENCE, '--trust', 'said.trust.yaml') };
    const list = { command: trial.waybill('said', 'attestations', REFERENCE, '--key', 'evaluator.pub') };
    const used = compete(trial.rounds, { verify, list });
    const limits = { target: '≤ 2.00 s', limit: 2, format: seconds };
    return [
      judge(
        used.verify.map(({ wall }) => wall),
        {
          ...limits,
          what: 'verify --trust with 1,000 referrers: wall time of the whole program',
          by: [verify],
          note: describeAll(used),
        },
      ),
      judge(
        used.list.map(({ wall }) => wall),
        { ...limits, what: 'attestations, 1,000 of them: wall time of the whole program', by: [list] },
      ),
      judgeMost(
        used.verify.map(({ peak }) => peak),
        {
          what: 'verify --trust with 1,000 referrers: peak memory',
          target: '≤ 150 MiB',
          limit: 150 * MIB,
          format: mebibytes,
          by: [verify],
        },
      ),
    ];
  },
};

/** Attached by the library: a thousand programs would only take time. */
async function sayMuch(trial: Trial): Promise<void> {
  const signer = localSigner(createPrivateKey(fs.readFileSync(trial.at('evaluator.key'))), 'evaluator.key');
  await using store = await openLayout(trial.at('said-store'), 'write');
  const target = await store.resolve(REFERENCE);
  if (target === undefined) throw new Error(`${REFERENCE} was not packed`);
  for (let number = 0; number < STATEMENTS; number++) {
    const result = { result: 'PASSED', configuration: [], passedTests: [`test ${number}`] };
    const statement = writeStatement({ name: 'bench/said', digest: target.digest }, predicateTypes.testResult, result);
    await attach(store, target, await signStatement(signer, statement), predicateTypes.testResult, new Date(0));
  }
}
