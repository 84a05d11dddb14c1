/** Attack 55: entries of a transparency log are deleted, edited, moved or put in, with all hashes made to fit. */
import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { proveEntry } from '../../src/trust/log/proof/prove.ts';
import { folderReader } from '../../src/trust/log/reading/folder.ts';
import { createLog, openLogWriter } from '../../src/trust/log/writer/open.ts';
import { runCli } from '../_support/cli.ts';
import { entriesUpTo, entryAt, logSigner, makeLog, ORIGIN, verifierKey } from '../_support/log.ts';
import { failureOf } from '../_support/refusal.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';

const SIZE = 600;
let scratch: Scratch;
beforeAll(async () => {
  scratch = makeScratch();
  await makeLog(scratch.at('log'), SIZE);
});
afterAll(() => scratch[Symbol.dispose]());

async function check(
  name: string,
): Promise<{ status: number | null; findings: readonly { rule: string; message: string }[] }> {
  const { status, stdout } = await runCli(['log', 'check', scratch.at(name), '--vkey', verifierKey(), '--json'], {
    store: scratch.at(`${name}-store`),
    environment: { XDG_DATA_HOME: scratch.at(`${name}-data`) },
  });
  return { status, findings: JSON.parse(stdout).findings };
}

/** The log with other entries, all of its tiles made anew, and the checkpoint that was signed for the real ones. */
async function forge(name: string, entries: readonly Buffer[]): Promise<void> {
  await createLog(scratch.at(name), ORIGIN, logSigner());
  using writer = await openLogWriter(scratch.at(name), logSigner());
  await writer.append(entries);
  fs.copyFileSync(scratch.at('log', 'checkpoint'), scratch.at(name, 'checkpoint'));
}

const all = entriesUpTo(SIZE);
const other = Buffer.from('another entry');

test('the log as it is passes', async () => {
  expect(await check('log')).toEqual({ status: 0, findings: [] });
});

test.each([
  ['edited', all.with(300, other), 'log-root-differs'],
  ['moved', all.with(10, entryAt(11)).with(11, entryAt(10)), 'log-root-differs'],
  ['replaced', [...all.toSpliced(300, 1), other], 'log-root-differs'],
  ['put-in', [...all.toSpliced(300, 0, other)].slice(0, SIZE), 'log-root-differs'],
  ['deleted', all.toSpliced(300, 1), 'log-unreadable'],
] as const)('a log in which an entry was %s is refused, whatever its tiles say', async (name, entries, rule) => {
  await forge(name, entries);
  const { status, findings } = await check(name);
  expect(status).toBe(1);
  expect(findings.map((finding) => finding.rule)).toContain(rule);
  // Nothing can be proven out of it, and nothing be added to it.
  expect((await failureOf(proveEntry(folderReader(scratch.at(name)), 5))).code).toBe('LOG_INVALID');
  expect((await failureOf(openLogWriter(scratch.at(name), logSigner()))).code).toBe('LOG_INVALID');
});

test('an entry that was edited without its hash is named by its index', async () => {
  fs.cpSync(scratch.at('log'), scratch.at('index'), { recursive: true });
  const file = scratch.at('index', 'tile/entries/001');
  const bytes = fs.readFileSync(file);
  const at = bytes.indexOf('entry 299');
  bytes.write('X', at);
  fs.writeFileSync(file, bytes);
  const { status, findings } = await check('index');
  expect([status, findings.length, findings[0]?.message]).toEqual([
    1,
    1,
    'Entry 299 is not the one whose hash stands in tile/0/001',
  ]);
});
