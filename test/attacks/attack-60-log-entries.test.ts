/** Attack 60, of the transparency log: entries and names that would forge lines or drive a terminal, too long, and clocks. */
import fs from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatLog } from '../../src/cli/print/log.ts';
import { plain } from '../../src/cli/print/paint.ts';
import { parseDigest } from '../../src/oci/digest.ts';
import { logEntry } from '../../src/trust/log/entry.ts';
import { folderReader } from '../../src/trust/log/reading/folder.ts';
import { entriesOf } from '../../src/trust/log/reading/tiles.ts';
import { createLog, openLogWriter } from '../../src/trust/log/writer/open.ts';
import { runCli, startCli } from '../_support/cli.ts';
import { logKeyText, logSigner, makeLog, ORIGIN } from '../_support/log.ts';
import { failureOf } from '../_support/refusal.ts';
import { makeScratch, type Scratch } from '../_support/scratch.ts';
import { Wire } from '../hub/_wire.ts';

const CONTROL = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const WILD = 'a\nb\r\u001b[31m\u009b2J\u2028\u2029\u202eevil\u0000"\\';

let scratch: Scratch;
beforeAll(() => {
  scratch = makeScratch();
  fs.writeFileSync(scratch.at('key'), logKeyText(), { mode: 0o600 });
});
afterAll(() => scratch[Symbol.dispose]());

test('an entry is bytes: line breaks in it make no second entry, and it comes back as it was', async () => {
  await createLog(scratch.at('wild'), ORIGIN, logSigner());
  using writer = await openLogWriter(scratch.at('wild'), logSigner());
  const entries = [WILD, '', '\n', '\u2014 log.example/models AAAA\n'].map((text) => Buffer.from(text));
  expect(await writer.append(entries)).toEqual([0, 1, 2, 3]);
  expect(await entriesOf(folderReader(scratch.at('wild')), 0, 4)).toEqual(entries);
});

test('what stands for a statement is one line, whatever its predicate type says', () => {
  const digest = parseDigest(`sha256:${'0'.repeat(64)}`);
  const entry = logEntry({
    kind: 'attestation',
    bundle: digest,
    subject: digest,
    predicateType: 'a\nb\u001b\u0000',
  }).toString();
  expect(entry).not.toMatch(/\p{Cc}/u);
  expect(JSON.parse(entry).predicateType).toBe('a\nb\u001b\u0000');
});

test('an entry of 65,536 bytes is refused before anything is written, by the library and by the verb', async () => {
  await makeLog(scratch.at('long'), 3);
  const before = fs.readFileSync(scratch.at('long', 'checkpoint'));
  const journal = fs.readFileSync(scratch.at('long', '.waybill/journal'));
  {
    using writer = await openLogWriter(scratch.at('long'), logSigner());
    expect((await failureOf(writer.append([Buffer.alloc(65_536)]))).code).toBe('LIMIT_EXCEEDED');
  }
  for (const [content, words] of [
    ['x'.repeat(65_536), []],
    [`short\n${'x'.repeat(65_536)}`, ['--lines']],
  ] as const) {
    fs.writeFileSync(scratch.at('entry'), content);
    const { status } = await runCli(
      ['log', 'append', scratch.at('long'), scratch.at('entry'), '--key', scratch.at('key'), ...words],
      { store: scratch.at('store'), environment: { XDG_DATA_HOME: scratch.at('data') } },
    );
    expect(status).toBe(1);
  }
  expect(fs.readFileSync(scratch.at('long', 'checkpoint'))).toEqual(before);
  expect(fs.readFileSync(scratch.at('long', '.waybill/journal'))).toEqual(journal);
});

test('a name of a log that is no plain text is refused', async () => {
  for (const name of ['a\nb', 'a\u001b[2J', 'a b', 'a\u2028b', 'a+b', ''])
    expect((await failureOf(createLog(scratch.at('named'), name, logSigner()))).code).toBe('KEY_INVALID');
  expect(fs.existsSync(scratch.at('named'))).toBe(false);
});

test('what is printed of a log drives no terminal', () => {
  const output = {
    action: 'verify',
    verdict: 'pass',
    origin: WILD,
    size: 1,
    root: '',
    index: 0,
    cosignatures: [{ witness: WILD, time: '' }],
    findings: [{ rule: 'log-not-believed', level: 'error', path: WILD, message: WILD }],
  } as const;
  for (const line of formatLog(
    { ...output, cosignatures: [...output.cosignatures], findings: [...output.findings] },
    plain,
  ).split('\n'))
    expect(line).not.toMatch(CONTROL);
});

test('the order of a log does not depend on a clock', async () => {
  fs.writeFileSync(scratch.at('first'), '1');
  fs.writeFileSync(scratch.at('second'), '2');
  const append = (file: string, preload: string) => {
    fs.writeFileSync(scratch.at('clock.mjs'), preload);
    const words = ['log', 'append', scratch.at('ordered'), scratch.at(file), '--key', scratch.at('key'), '--json'];
    return runCli(words, {
      store: scratch.at('store'),
      node: ['--import', scratch.at('clock.mjs')],
      environment: { XDG_DATA_HOME: scratch.at('ordered-data') },
    });
  };
  await createLog(scratch.at('ordered'), ORIGIN, logSigner());
  const outcomes = [
    await append('first', 'Date.now = () => 4102444800000'),
    await append('second', 'Date.now = () => 0'),
  ];
  expect(outcomes.map(({ stdout }) => JSON.parse(stdout).first)).toEqual([0, 1]);
  expect(fs.readFileSync(scratch.at('ordered', 'checkpoint'), 'utf8')).not.toMatch(/2100|4102|1970/);
});

test('each request to a log that is served is one line of JSON, whatever stands in its path', async () => {
  await makeLog(scratch.at('served'), 3);
  const { child, ended } = startCli(['log', 'serve', scratch.at('served'), '--listen', '127.0.0.1:0'], {
    store: scratch.at('store'),
  });
  const port = await new Promise<number>((resolve) =>
    child.stdout?.once('data', (line) => resolve(Number(new URL(JSON.parse(String(line)).address).port))),
  );
  for (const target of [
    '/checkpoint',
    '/%0a{"forged":1}',
    '/\u00e2\u0080\u00a8',
    '/"}\\"{',
    `/${'a'.repeat(9000)}`,
    '/%1b[2J',
  ]) {
    const wire = await Wire.open(port);
    wire.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await wire.answer();
    wire.destroy();
  }
  child.kill('SIGTERM');
  const { stderr, status } = await ended;
  expect(status).toBe(0);
  const lines = stderr.split('\n').filter((line) => line !== '');
  for (const line of lines) {
    expect(line).not.toMatch(CONTROL);
    expect(JSON.parse(line)).toMatchObject({ method: 'GET', path: expect.stringMatching(/^\//) });
  }
  expect(lines.length).toBeGreaterThan(3);
});
