import fs from 'node:fs';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { failureOf, thrownBy } from '../../../test/_support/refusal.ts';
import { makeScratch } from '../../../test/_support/scratch.ts';
import { newKey } from '../../../test/_support/trust-files.ts';
import { digestOf } from '../../oci/digest.ts';
import { observeAndRemember, recallList, recallPin, rememberList } from './pins.ts';

const NAME = 'registry.example/acme/digits';
const key = newKey().signer.publicKey;
const sighting = { digest: digestOf('a'), version: '1.0.0', publishers: [key.id], tag: '__proto__', now: 5 };
const scratch = makeScratch();
let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(scratch.at('memory-'));
});
afterAll(() => scratch[Symbol.dispose]());

const observe = (changes = {}, isAccepted = false) =>
  observeAndRemember(folder, NAME, { sighting: { ...sighting, ...changes }, isAccepted });
const files = () =>
  fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));

test('what was seen is there again, for nobody else to read, and for this repository alone', async () => {
  expect(recallPin(folder, NAME)).toBeUndefined();
  expect(await observe()).toMatchObject([{ rule: 'first-use' }]);
  expect(await observe()).toEqual([]);
  expect(recallPin(folder, NAME)).toEqual({
    publishers: [key.id],
    version: '1.0.0',
    tags: [{ tag: '__proto__', digest: digestOf('a'), version: '1.0.0' }],
    firstSeen: 5,
  });
  expect(recallPin(folder, `${NAME}2`)).toBeUndefined();
  const [file = ''] = files();
  expect(file).toMatch(/^repositories.[0-9a-f]{64}\.json$/);
  expect(fs.statSync(`${folder}/${file}`).mode & 0o777).toBe(0o600);
});

test('what is refused changes nothing; the same again writes nothing', async () => {
  await observe({ version: undefined });
  const [file = ''] = files();
  const before = fs.statSync(`${folder}/${file}`, { bigint: true });
  expect(await observe({ publishers: [] })).toMatchObject([{ rule: 'signature-gone', level: 'error' }]);
  await observe({ version: undefined });
  expect(fs.statSync(`${folder}/${file}`, { bigint: true }).mtimeNs).toBe(before.mtimeNs);
  expect(await observe({ publishers: [] }, true)).toMatchObject([{ level: 'warning' }]);
  expect(recallPin(folder, NAME)?.publishers).toEqual([]);
});

test('several at once are all remembered', async () => {
  await Promise.all(Array.from({ length: 8 }, (_, at) => observe({ tag: `v${at}` })));
  expect(recallPin(folder, NAME)?.tags).toHaveLength(8);
});

describe('a memory that is damaged is not taken for an empty one', () => {
  test.each([
    '',
    '{',
    '[]',
    '{"v":2}',
    `{"v":1,"name":"other","value":{}}`,
    '{"publishers":5}',
    '{"publishers":[5]}',
    '{"publishers":[],"tags":{}}',
    '{"publishers":[],"tags":[]}',
    '{"publishers":[],"tags":[{}],"firstSeen":1}',
    `{"publishers":[],"tags":[{"tag":"a","digest":"x"}],"firstSeen":1}`,
    `{"publishers":[],"version":5,"tags":[],"firstSeen":1}`,
  ])('%s', async (text) => {
    await observe();
    const [file = ''] = files();
    const value = text.startsWith('{"publishers"') ? `{"v":1,"name":"${NAME}","value":${text}}` : text;
    fs.writeFileSync(`${folder}/${file}`, value);
    expect(thrownBy(() => recallPin(folder, NAME)).code).toBe('TRUST_UNDECIDED');
    expect((await failureOf(observe())).code).toBe('TRUST_UNDECIDED');
    expect(fs.readFileSync(`${folder}/${file}`, 'utf8')).toBe(value);
  });

  test('nor is one that cannot be read or made', async () => {
    await observe();
    const [file = ''] = files();
    fs.rmSync(`${folder}/${file}`);
    fs.mkdirSync(`${folder}/${file}`);
    expect(thrownBy(() => recallPin(folder, NAME)).code).toBe('FILE_UNREADABLE');
    fs.writeFileSync(scratch.at('plain'), '');
    expect(recallPin(scratch.at('plain'), NAME)).toBeUndefined();
    const work = observeAndRemember(scratch.at('plain'), NAME, { sighting, isAccepted: false });
    expect((await failureOf(work)).code).toBe('FILE_UNREADABLE');
  });
});

test('the newest list of a key is remembered, an older one never', async () => {
  expect(recallList(folder, key)).toBeUndefined();
  await rememberList(folder, key, { serial: 3, digest: digestOf('3') });
  await rememberList(folder, key, { serial: 2, digest: digestOf('2') });
  expect(recallList(folder, key)).toEqual({ serial: 3, digest: digestOf('3') });
  await rememberList(folder, key, { serial: 4, digest: digestOf('4') });
  expect(recallList(folder, key)?.serial).toBe(4);
  const [file = ''] = files();
  for (const value of ['{}', '{"serial":4}', '{"serial":4,"digest":"x"}']) {
    fs.writeFileSync(`${folder}/${file}`, `{"v":1,"name":"${key.id}","value":${value}}`);
    expect(thrownBy(() => recallList(folder, key)).code).toBe('TRUST_UNDECIDED');
  }
});
