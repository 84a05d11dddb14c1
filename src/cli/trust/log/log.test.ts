/** The verb `log` as somebody types it: over HTTP too, with witnesses, and with words that do not fit. */
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CliResult, type RunningCli, runCli, startCli } from '../../../../test/_support/cli.ts';
import { entryAt, logKeyText, makeLog, ORIGIN, verifierKey } from '../../../../test/_support/log.ts';
import { makeScratch, type Scratch } from '../../../../test/_support/scratch.ts';
import { type Digest, digestOf } from '../../../oci/digest.ts';
import { localSigner } from '../../../trust/keys/signer.ts';
import { logEntry } from '../../../trust/log/entry.ts';
import { signStatement } from '../../../trust/sign-statement.ts';
import { writeStatement } from '../../../trust/statement/statement.ts';

let scratch: Scratch;
let server: RunningCli;
let address: string;
beforeAll(async () => {
  scratch = makeScratch();
  await makeLog(scratch.at('log'), 300);
  for (const seed of [1, 2]) fs.writeFileSync(scratch.at(`key${seed}`), logKeyText(seed), { mode: 0o600 });
  fs.writeFileSync(scratch.at('entry'), entryAt(7));
  fs.writeFileSync(scratch.at('other'), 'no entry');
  fs.writeFileSync(scratch.at('log.vkey'), `# of the log\n\n${verifierKey()}\n`);
  fs.writeFileSync(scratch.at('witnesses'), `${verifierKey(2, 'witness.example', 'cosignature')}\r\n`);
  const words = ['log', 'serve', scratch.at('log'), '--listen', '127.0.0.1:0', '--quiet'];
  server = startCli(words, { store: scratch.at('store') });
  const [line] = await once(server.child.stdout ?? process.stdin, 'data');
  ({ address } = JSON.parse(String(line)));
});
afterAll(async () => {
  server.child.kill('SIGTERM');
  expect((await server.ended).status).toBe(0);
  scratch[Symbol.dispose]();
});

const run = (...words: readonly string[]): Promise<CliResult> =>
  runCli(['log', ...words], { store: scratch.at('store'), environment: { XDG_DATA_HOME: scratch.at('data') } });
const json = async (...words: readonly string[]) => {
  const { status, stdout } = await run(...words, '--json');
  return { status, output: JSON.parse(stdout) };
};
const vkey = () => ['--vkey', scratch.at('log.vkey')];

describe('a log that is served', () => {
  test('is checked, shown, proven and compared like a folder', async () => {
    expect((await json('check', address, ...vkey())).output).toMatchObject({ verdict: 'pass', size: 300, count: 300 });
    const { stdout } = await run('checkpoint', `${address}/`, ...vkey());
    expect(stdout).toBe(fs.readFileSync(scratch.at('log', 'checkpoint'), 'utf8'));
    const proof = scratch.at('proof');
    expect((await json('prove', address, '--entry', scratch.at('entry'), '--out', proof)).output.index).toBe(7);
    expect((await run('prove', address, '7')).stdout).toBe(fs.readFileSync(proof, 'utf8'));
    const verified = await json('verify', proof, '--entry', scratch.at('entry'), ...vkey());
    expect(verified).toMatchObject({
      status: 0,
      output: { verdict: 'pass', index: 7, seen: 'same', cosignatures: [] },
    });
    expect((await json('compare', address, scratch.at('log'), ...vkey())).output).toMatchObject({ sizes: [300, 300] });
    expect((await run('prove', address, '--entry', scratch.at('other'))).stderr).toContain('not among the 300 entries');
  });

  test('is witnessed by somebody else, whom proofs then name', async () => {
    const cosigned = scratch.at('cosigned');
    const witness = ['--name', 'witness.example', '--key', scratch.at('key2')];
    expect((await json('witness', address, ...witness, ...vkey(), '--out', cosigned)).status).toBe(0);
    const witnesses = ['--witnesses', scratch.at('witnesses')];
    expect((await run('checkpoint', scratch.at('log'), '--add', cosigned, ...vkey(), ...witnesses)).status).toBe(0);
    const proof = scratch.at('witnessed');
    await run('prove', address, '7', '--out', proof);
    const { output } = await json('verify', proof, '--entry', scratch.at('entry'), ...vkey(), ...witnesses);
    expect(output.cosignatures).toEqual([{ witness: 'witness.example', time: expect.stringMatching(/^20\d\d-/) }]);
    const { stdout } = await run('verify', proof, '--entry', scratch.at('entry'), ...vkey(), ...witnesses);
    expect(stdout).toContain('witness.example, 20');
  });

  test('that cannot be reached is no answer', async () => {
    for (const words of [
      ['check', 'http://127.0.0.1:9/log'],
      ['prove', 'http://127.0.0.1:9/log', '1'],
      ['check', `${address}/nothing`],
    ])
      expect(await json(...words)).toMatchObject({ status: 2, output: { error: { code: 'TRUST_UNDECIDED' } } });
  });
});

test('entries come from standard input and files, by lines and whole', async () => {
  await run('init', scratch.at('lines'), '--origin', 'log.example/lines', '--key', scratch.at('key1'));
  fs.writeFileSync(scratch.at('three'), 'a\n\nb\r\nlast');
  const append = (...words: readonly string[]) =>
    json('append', scratch.at('lines'), ...words, '--key', scratch.at('key1'));
  expect((await append(scratch.at('three'), '--lines')).output).toMatchObject({ first: 0, count: 3, size: 3 });
  expect((await append('-')).output).toMatchObject({ first: 3, count: 1, size: 4 });
  expect((await append('-', '--lines')).output).toMatchObject({ count: 0, size: 4 });
  const bundle = fs.readFileSync(scratch.at('lines', 'tile/entries/000.p/4'));
  expect(bundle).toEqual(Buffer.from('\0\x01a\0\x02b\r\0\x04last\0\0', 'latin1'));
  expect((await append(scratch.at('none'))).status).toBe(2);
});

test('the entry of a signed statement is made from its bundle, if that is about a package', async () => {
  const publisher = localSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'publisher');
  const subject = `sha256:${'a'.repeat(64)}` as Digest;
  const bundleOf = async (predicateType: string, name: string) => {
    const statement = writeStatement({ name: 'acme/digits', digest: subject }, predicateType, {});
    const bytes = await signStatement(publisher, statement);
    fs.writeFileSync(scratch.at(name), bytes);
    return logEntry({ kind: 'attestation', bundle: digestOf(bytes), subject, predicateType });
  };
  fs.writeFileSync(scratch.at('logged'), await bundleOf('https://slsa.dev/provenance/v1', 'statement.json'));
  await bundleOf('https://model_signing/signature/v1.0', 'files.json');
  await run(
    'init',
    scratch.at('statements'),
    '--origin',
    'log.example/s',
    '--key',
    scratch.at('key1'),
    '--out',
    scratch.at('s.vkey'),
  );
  await run('append', scratch.at('statements'), scratch.at('logged'), '--key', scratch.at('key1'));
  const bundle = ['--bundle', scratch.at('statement.json')];
  expect((await json('prove', scratch.at('statements'), ...bundle, '--out', scratch.at('p'))).output.index).toBe(0);
  expect((await json('verify', scratch.at('p'), ...bundle, '--vkey', scratch.at('s.vkey'))).output.verdict).toBe(
    'pass',
  );
  const files = await json('prove', scratch.at('statements'), '--bundle', scratch.at('files.json'));
  expect(files.output.error.message).toContain('its statement is not about one package');
});

test('words that do not fit are told, with what would', async () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['begin'], /there is init, append/],
    [['append', 'x'], /it takes DIR FILE/],
    [['check', 'x', 'y'], /it takes LOG/],
    [['init', scratch.at('new'), '--key', scratch.at('key1')], /it has no name/],
    [['prove', scratch.at('log')], /which one is not said/],
    [['prove', scratch.at('log'), 'x'], /it is no number/],
    [['prove', scratch.at('log'), '300'], /has 300 entries, counted from 0/],
    [['verify', scratch.at('entry'), '--entry', scratch.at('entry')], /whose log it should be is not said/],
    [['verify', scratch.at('entry'), '--vkey', verifierKey()], /the entry that it should prove is not named/],
    [['witness', scratch.at('log'), '--vkey', verifierKey(), '--key', scratch.at('key2')], /the witness has no name/],
    [
      ['witness', scratch.at('log'), '--vkey', verifierKey(), '--name', 'w', '--key', scratch.at('key1')],
      /this is the key of the log itself/,
    ],
    [['check', scratch.at('entry')], /neither a folder nor an http address/],
    [['check', scratch.at('nowhere')], /it does not exist/],
    [['check', 'https://user:secret@log.example/'], /not an address of the form/],
    [
      ['check', scratch.at('log'), '--vkey', scratch.at('entry')],
      /Cannot use the verifier key|Cannot read the verifier key/,
    ],
    [['check', scratch.at('log'), '--vkey', scratch.at('nowhere')], /Cannot read the key in/],
    [
      ['check', scratch.at('log'), '--vkey', verifierKey(2, ORIGIN, 'cosignature')],
      /a key of a witness stands for a log/,
    ],
    [['serve', scratch.folder], /it has no checkpoint/],
    [['prove', scratch.at('log'), '--entry', 'a', '--bundle', 'b'], /both name one/],
    [['append', path.join(scratch.folder), scratch.at('entry'), '--key', scratch.at('key1')], /there is none/],
  ];
  for (const [words, reason] of wrong) {
    const { status, output } = await json(...words);
    expect([status, output.error?.message], words.join(' ')).toEqual([2, expect.stringMatching(reason)]);
  }
});

test('without a key a log is read, and said to be nobody knows whose', async () => {
  const { output } = await json('check', scratch.at('log'));
  expect(output).toMatchObject({ verdict: 'pass', findings: [{ rule: 'log-not-verified', level: 'warning' }] });
  expect((await run('checkpoint', scratch.at('log'))).stderr).toContain('was not verified');
  const other = await json('check', scratch.at('log'), '--vkey', verifierKey(2));
  expect(other).toMatchObject({ status: 1, output: { verdict: 'fail', findings: [{ rule: 'log-not-believed' }] } });
});
