/** Attack 57: a log shows two people different entries, each under a checkpoint with its good signature. */
import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCheckpoint } from '../../src/trust/log/checkpoint.ts';
import { parseVerifierKey } from '../../src/trust/log/note/keys.ts';
import { createLog, openLogWriter } from '../../src/trust/log/writer/open.ts';
import { runCli } from '../_support/cli.ts';
import { entriesUpTo, logSigner, makeLog, ORIGIN, verifierKey } from '../_support/log.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = makeScratch();
  await makeLog(scratch.at('ada'), 300);
  await makeLog(scratch.at('earlier'), 200);
  await createLog(scratch.at('bob'), ORIGIN, logSigner());
  using writer = await openLogWriter(scratch.at('bob'), logSigner());
  await writer.append(entriesUpTo(300).with(150, Buffer.from('approved for Bob alone')));
});
afterAll(() => scratch[Symbol.dispose]());

async function compare(...logs: readonly string[]) {
  const words = [
    'log',
    'compare',
    ...logs.map((log) => scratch.at(...log.split('/'))),
    '--vkey',
    verifierKey(),
    '--json',
  ];
  const { status, stdout } = await runCli(words, { store: scratch.at('store') });
  return { status, output: JSON.parse(stdout) };
}

test('views of one log are one, as folders and as checkpoints alone', async () => {
  for (const pair of [
    ['ada', 'ada'],
    ['ada', 'earlier'],
    ['earlier/checkpoint', 'ada'],
    ['ada/checkpoint', 'ada/checkpoint'],
  ])
    expect((await compare(...pair)).status, pair.join(' ')).toBe(0);
});

test('views that cannot both be true are told, and both signed notes are shown', async () => {
  for (const pair of [
    ['ada', 'bob'],
    ['bob', 'ada'],
    ['ada/checkpoint', 'bob/checkpoint'],
    ['bob', 'earlier/checkpoint'],
    ['earlier', 'bob'],
  ]) {
    const { status, output } = await compare(...pair);
    expect([status, output.findings[0].rule], pair.join(' ')).toEqual([1, 'log-split-view']);
    // What is shown convinces whoever has the key of the log.
    const key = parseVerifierKey(verifierKey());
    const heads = output.notes.map((note: string) => openCheckpoint(Buffer.from(note), { origin: ORIGIN, key }));
    expect(heads[0].root.equals(heads[1].root)).toBe(false);
  }
});

test('what nobody can tell is no answer, and evidence by another key is none', async () => {
  const { status, output } = await compare('earlier/checkpoint', 'bob/checkpoint');
  expect([status, output.error.code]).toEqual([2, 'TRUST_UNDECIDED']);
  await makeLog(scratch.at('forged'), 300, { seed: 7 });
  expect((await compare('ada', 'forged')).output.error.message).toContain('not signed by the key of the log');
});

test('a client that is shown the other view later refuses it, and keeps both', async () => {
  const environment = { XDG_DATA_HOME: scratch.at('client') };
  const check = (log: string) =>
    runCli(['log', 'check', scratch.at(log), '--vkey', verifierKey()], { store: scratch.at('store'), environment });
  expect((await check('ada')).status).toBe(0);
  const { status, stdout } = await check('bob');
  expect([status, stdout]).toEqual([1, expect.stringContaining('it showed another tree of 300 entries before')]);
  const kept = fs.readdirSync(scratch.at('client', 'waybill', 'logs')).filter((name) => name.includes('conflict'));
  const notes = kept.map((name) => fs.readFileSync(scratch.at('client', 'waybill', 'logs', name), 'utf8'));
  expect(new Set(notes)).toEqual(
    new Set(['ada', 'bob'].map((log) => fs.readFileSync(scratch.at(log, 'checkpoint'), 'utf8'))),
  );
});
