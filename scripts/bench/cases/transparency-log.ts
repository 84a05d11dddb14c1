/** A transparency log: adding very many entries in batches that are on the disk each, and proving one of them. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { canonicalJson } from '../../../src/base/canonical-json.ts';
import { proveEntry } from '../../../src/trust/log/proof/prove.ts';
import { folderReader } from '../../../src/trust/log/reading/folder.ts';
import { compete } from '../compete.ts';
import { describeAll, judge, judgeMost, type Row } from '../row.ts';
import { mebibytes } from '../statistics.ts';
import type { Trial } from '../trial.ts';
import type { Case } from './case.ts';

const FOLDER = 'log';
const PER_SECOND = 50_000;
const PROOFS = 200;

export const transparencyLog: Case = {
  id: 'log',
  async run(trial) {
    writeEntries(trial.at('entries'), trial.sizes.logEntries);
    trial.measure(trial.waybill('log', 'keygen', 'log', '--role', 'log', '--unencrypted'));
    const rows = [...append(trial), await prove(trial)];
    trial.remove(FOLDER, 'entries', 'log.key', 'log.pub', '.local');
    return rows;
  },
};

/** As many as there are, of the size that statements about packages have in a log. */
function writeEntries(file: string, count: number): void {
  const descriptor = fs.openSync(file, 'w');
  for (let from = 0; from < count; from += 10_000) {
    const lines = Array.from({ length: Math.min(10_000, count - from) }, (_, at) => {
      const digest = `sha256:${createHash('sha256')
        .update(String(from + at))
        .digest('hex')}`;
      const predicateType = 'https://slsa.dev/provenance/v1';
      return `${canonicalJson({ v: 1, kind: 'attestation', bundleSha256: digest, subject: digest, predicateType })}\n`;
    });
    fs.writeSync(descriptor, lines.join(''));
  }
  fs.closeSync(descriptor);
}

function append(trial: Trial): readonly Row[] {
  const { logEntries } = trial.sizes;
  const init = trial.waybill('log', 'log', 'init', FOLDER, '--origin', 'bench.local/log', '--key', 'log.key');
  const own = {
    command: trial.waybill('log', 'log', 'append', FOLDER, 'entries', '--lines', '--key', 'log.key'),
    before() {
      // What was seen of the log of the round before would forbid a new one of its name.
      trial.remove(FOLDER, '.local');
      trial.measure(init);
    },
  };
  const used = compete(trial.fewRounds, { append: own });
  const what = `log append, ${logEntries.toLocaleString('en')} entries of 240 bytes in batches of 1,000 that are on the disk each`;
  return [
    judge(
      used.append.map(({ wall }) => (wall * 1_000_000) / logEntries),
      {
        what: `${what}: microseconds for an entry, start-up included`,
        target: `≤ ${1_000_000 / PER_SECOND} µs (${PER_SECOND.toLocaleString('en')}/s)`,
        limit: 1_000_000 / PER_SECOND,
        format: (value) => `${value.toFixed(1)} µs`,
        by: [{ command: init }, own],
        note: describeAll(used),
      },
    ),
    judgeMost(
      used.append.map(({ peak }) => peak),
      { what: `${what}: peak memory`, target: '≤ 200 MiB', limit: 200 * 2 ** 20, format: mebibytes, by: [own] },
    ),
  ];
}

/** In this process: a program that starts for one proof mostly starts. */
async function prove(trial: Trial): Promise<Row> {
  const { logEntries } = trial.sizes;
  const reader = folderReader(trial.at(FOLDER));
  const times: number[] = [];
  for (let at = 0; at < PROOFS; at++) {
    const index = Math.floor((at * logEntries) / PROOFS);
    const began = performance.now();
    await proveEntry(reader, index);
    times.push(performance.now() - began);
  }
  return judge(times, {
    what: `the proof of an entry in a log of ${logEntries.toLocaleString('en')}, made from its tiles`,
    target: '≤ 5 ms',
    limit: 5,
    format: (value) => `${value.toFixed(2)} ms`,
    by: [{ command: trial.waybill('log', 'log', 'prove', FOLDER, 'INDEX') }],
    note: `by the function behind the verb, ${PROOFS} times in one process; nothing is kept between two`,
  });
}
