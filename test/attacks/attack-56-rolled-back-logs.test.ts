/** Attack 56: a log is cut short and signed anew with its real key, or an old backup of it is brought back. */
import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStatementLog } from '../../src/model/signing/statement-log.ts';
import { type CliResult, runCli } from '../_support/cli.ts';
import { logKeyText, logSigner, makeLog, verifierKey } from '../_support/log.ts';
import { failureOf } from '../_support/refusal.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = makeScratch();
  await makeLog(scratch.at('backup'), 10);
  await makeLog(scratch.at('log'), 20);
  await makeLog(scratch.at('cut'), 15);
  fs.writeFileSync(scratch.at('key'), logKeyText(), { mode: 0o600 });
  fs.writeFileSync(scratch.at('witness.key'), logKeyText(2), { mode: 0o600 });
  fs.writeFileSync(scratch.at('entry'), 'x');
});
afterAll(() => scratch[Symbol.dispose]());

const run = (client: string, ...words: readonly string[]): Promise<CliResult> =>
  runCli(['log', ...words], {
    store: scratch.at(`${client}-store`),
    environment: { XDG_DATA_HOME: scratch.at(client) },
  });
const check = (client: string, log: string) => run(client, 'check', scratch.at(log), '--vkey', verifierKey(), '--json');
const witness = (client: string, log: string) =>
  run(client, 'witness', scratch.at(log), '--vkey', verifierKey(), '--name', 'w', '--key', scratch.at('witness.key'));

test.each(['backup', 'cut'])('whoever has seen the log refuses %s, though its signature is good', async (older) => {
  const client = `client-${older}`;
  expect((await check(client, 'log')).status).toBe(0);
  const { status, stdout } = await check(client, older);
  const [finding] = JSON.parse(stdout).findings;
  expect([status, finding.rule]).toEqual([1, 'log-not-believed']);
  expect(finding.message).toMatch(/it has 1[05] entries, and had 20 before\. Both checkpoints are signed by the log/);
  // Again and again, and what was seen is not forgotten.
  expect((await check(client, older)).status).toBe(1);
  expect((await check(client, 'log')).status).toBe(0);
  // Whoever has never seen it has no way to tell: that is what witnesses are for.
  expect((await check(`new-${older}`, older)).status).toBe(0);
});

test('a witness that has seen the log signs neither', async () => {
  expect((await witness('witness', 'log')).status).toBe(0);
  for (const older of ['backup', 'cut']) {
    const { status, stdout } = await witness('witness', older);
    expect([status, stdout]).toEqual([1, '']);
  }
});

test('the keeper of the log does not sign on with a backup that was brought back', async () => {
  fs.cpSync(scratch.at('log'), scratch.at('kept'), { recursive: true });
  const append = () => run('keeper', 'append', scratch.at('kept'), scratch.at('entry'), '--key', scratch.at('key'));
  expect((await append()).status).toBe(0);
  fs.rmSync(scratch.at('kept'), { recursive: true });
  fs.cpSync(scratch.at('backup'), scratch.at('kept'), { recursive: true });
  const before = fs.readFileSync(scratch.at('kept', 'checkpoint'));
  const { status, stderr } = await append();
  expect([status, stderr]).toEqual([1, expect.stringContaining('it has 10 entries, and had 21 before')]);
  expect(fs.readFileSync(scratch.at('kept', 'checkpoint'))).toEqual(before);
});

test('what signs packages does not enter them into a backup that was brought back', async () => {
  const [folder, memory] = [scratch.at('signing'), scratch.at('signing-memory')];
  fs.cpSync(scratch.at('log'), folder, { recursive: true });
  {
    using log = await openStatementLog(folder, logSigner(), memory);
    expect(await log.enter([Buffer.from('statement')])).toHaveLength(1);
  }
  fs.rmSync(folder, { recursive: true });
  fs.cpSync(scratch.at('log'), folder, { recursive: true });
  const error = await failureOf(openStatementLog(folder, logSigner(), memory));
  expect(error.message).toContain('it has 20 entries, and had 21 before');
  // The lock was given back.
  using _ = await openStatementLog(folder, logSigner());
});

test('the keeper whose checkpoint alone was brought back is told by his journal', async () => {
  fs.cpSync(scratch.at('log'), scratch.at('half'), { recursive: true });
  fs.copyFileSync(scratch.at('backup', 'checkpoint'), scratch.at('half', 'checkpoint'));
  fs.cpSync(scratch.at('backup', 'tile'), scratch.at('half', 'tile'), { recursive: true });
  const { status, stderr } = await run(
    'another',
    'append',
    scratch.at('half'),
    scratch.at('entry'),
    '--key',
    scratch.at('key'),
  );
  expect([status, stderr]).toEqual([
    1,
    expect.stringContaining('its journal ends at 20 entries, its checkpoint at 10'),
  ]);
});
