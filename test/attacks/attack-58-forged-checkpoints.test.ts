/** Attack 58: checkpoints of another log, by another key, and in every form that two readers could take for two things. */
import { expect, test } from 'vitest';
import { type Checkpoint, openCheckpoint } from '../../src/trust/log/checkpoint.ts';
import { EMPTY_ROOT } from '../../src/trust/log/merkle/hashes.ts';
import { parseVerifierKey } from '../../src/trust/log/note/keys.ts';
import { signNote } from '../../src/trust/log/note/sign.ts';
import { logSigner, ORIGIN, verifierKey } from '../_support/log.ts';
import { thrownBy } from '../_support/refusal.ts';

const key = parseVerifierKey(verifierKey());
const open = (note: string | Buffer): Checkpoint => openCheckpoint(Buffer.from(note), { origin: ORIGIN, key });
const ROOT = Buffer.alloc(32, 1).toString('base64');
/** A text that the real key has signed: what is wrong with it is the text. */
const signed = async (text: string) => (await signNote(text, ORIGIN, logSigner())).toString();
const good = () => signed(`${ORIGIN}\n7\n${ROOT}\n`);
const refusal = (note: string | Buffer) => {
  const { code, message } = thrownBy(() => open(note));
  expect(code).toBe('LOG_INVALID');
  return message;
};

test('the good one is believed', async () => {
  expect(open(await good())).toMatchObject({ origin: ORIGIN, size: 7 });
});

test('another origin, another key, another name of the key, no signature', async () => {
  expect(refusal(await signed(`log.example/other\n7\n${ROOT}\n`))).toContain('is of the log');
  expect(refusal(await signNote(`${ORIGIN}\n7\n${ROOT}\n`, ORIGIN, logSigner(2)))).toContain('not signed by the key');
  expect(refusal(await signNote(`${ORIGIN}\n7\n${ROOT}\n`, 'log.example/other', logSigner()))).toContain('not signed');
  expect(refusal(`${ORIGIN}\n7\n${ROOT}\n`)).toContain('no blank line');
});

test('the real name and id above a bad signature, also beside the good one', async () => {
  const note = await good();
  const [line = ''] = note.match(/\u2014 .*\n/) ?? [];
  const bytes = Buffer.from(line.trim().split(' ').at(-1) ?? '', 'base64');
  bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
  const forged = line.replace(/\S+\n$/, `${bytes.toString('base64')}\n`);
  for (const bad of [note.replace(line, forged), note + forged, note.replace(line, forged + line)])
    expect(refusal(bad)).toContain('is not by its key');
});

test.each([
  '07',
  '+7',
  '-7',
  ' 7',
  '7 ',
  '7.0',
  '0x7',
  '7e0',
  '\u0667',
  '',
  '18446744073709551616',
  '9007199254740993',
])('a size that is written %j', async (size) => {
  expect(refusal(await signed(`${ORIGIN}\n${size}\n${ROOT}\n`))).toMatch(/no number of entries|lines that say/);
});

test('a root of another length, in another alphabet, without padding, with bits too many', async () => {
  const roots = [
    ROOT.slice(4),
    `AAAA${ROOT}`,
    ROOT.replace('=', ''),
    ROOT.replaceAll('A', '-'),
    `${ROOT.slice(0, -2)}F=`,
    `${ROOT} `,
    '',
  ];
  for (const root of roots) expect(refusal(await signed(`${ORIGIN}\n7\n${root}\n`))).toMatch(/root|lines/);
  expect(refusal(await signed(`${ORIGIN}\n0\n${ROOT}\n`))).toContain('another root');
  expect(open(await signed(`${ORIGIN}\n0\n${EMPTY_ROOT.toString('base64')}\n`)).size).toBe(0);
});

test('blank lines, carriage returns, control characters, other bytes than UTF-8, text behind the signatures', async () => {
  expect(refusal(await signed(`${ORIGIN}\n7\n${ROOT}\n\n`))).toContain('lines that say something');
  expect(refusal(await signed(`\n${ORIGIN}\n7\n${ROOT}\n`))).toContain('lines of their own');
  const note = await good();
  expect(refusal(note.replace('\n\n', '\n\n\n'))).toContain('more in it');
  expect(refusal(note.replaceAll('\n', '\r\n'))).toContain('control characters');
  expect(refusal(await signed(`${ORIGIN}\n7\n${ROOT}\n\u001b[2J\n`))).toContain('control characters');
  expect(refusal(await signed(`${ORIGIN}\n7\n${ROOT}\n\u2028${ORIGIN}\n`))).toContain('control characters');
  expect(refusal(Buffer.concat([Buffer.from(note), Buffer.from([0xff, 0x0a])]))).toContain('UTF-8');
  for (const more of ['more\n', '\n', ' \n', '\u2014 \n']) expect(refusal(note + more)).toMatch(/signature|signed/);
});

test('a million signatures, which cost nothing', async () => {
  const note = await good();
  const [line = ''] = note.match(/\u2014 .*\n/) ?? [];
  expect(refusal(note + line.repeat(1_000_000))).toContain('more than');
  expect(refusal(note + line.repeat(200))).toContain('more than 100 signatures');
  expect(open(note + line.repeat(20)).size).toBe(7);
});
