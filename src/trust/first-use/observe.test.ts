import { describe, expect, test } from 'vitest';
import { digestOf } from '../../oci/digest.ts';
import { observe, type Pin, type Sighting } from './observe.ts';

const KEY = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const seen = (changes: Partial<Sighting> = {}): Sighting => ({
  digest: digestOf(`${changes.version ?? '1.0.0'}`),
  version: '1.0.0',
  publishers: [KEY],
  tag: 'stable',
  now: 1,
  ...changes,
});
const first = observe(undefined, seen()).pin;
const rules = (pin: Pin | undefined, sighting: Sighting, options = {}) =>
  observe(pin, sighting, options).findings.map(({ rule, level }) => `${level} ${rule}`);

test('observe() remembers the first that it sees, and says so', () => {
  const { pin, findings } = observe(undefined, seen());
  expect(pin).toEqual({
    publishers: [KEY],
    version: '1.0.0',
    tags: [{ tag: 'stable', digest: digestOf('1.0.0'), version: '1.0.0' }],
    firstSeen: 1,
  });
  expect(findings).toMatchObject([
    { rule: 'first-use', level: 'note', message: expect.stringContaining(`signed by the key ${KEY.slice(0, 16)}`) },
  ]);
  expect(observe(undefined, seen({ publishers: [], tag: undefined }))).toMatchObject({
    pin: { publishers: [], tags: [] },
    findings: [{ message: expect.stringContaining('not signed') }],
  });
  expect(findings[0]?.message).not.toMatch(/trusted|verified/i);
});

describe('observe() is silent about', () => {
  test.each<readonly [string, Partial<Sighting>]>([
    ['the same again', {}],
    ['a newer version under a tag of its own', { version: '1.1.0', tag: '1.1.0' }],
    ['an old version that is asked for by name', { version: '0.9.0', tag: '0.9.0' }],
    ['what is asked for by its digest', { version: '0.9.0', tag: undefined }],
    ['a signature more', { publishers: [OTHER, KEY] }],
  ])('%s', (_, changes) => {
    expect(rules(first, seen(changes))).toEqual([]);
  });
});

describe('observe() tells', () => {
  test.each<readonly [string, Partial<Sighting>]>([
    ['error publisher-changed', { publishers: [OTHER] }],
    ['error signature-gone', { publishers: [] }],
    ['error tag-rolled-back', { version: '0.9.0' }],
    ['warning tag-moved', { version: '1.1.0' }],
    ['warning tag-moved', { digest: digestOf('rebuilt') }],
    ['warning tag-moved', { version: undefined, digest: digestOf('rebuilt') }],
  ])('%s: %j', (rule, changes) => {
    expect(rules(first, seen(changes))).toEqual([rule]);
  });

  test('two things at once', () => {
    expect(rules(first, seen({ publishers: [OTHER], version: '0.9.0' }))).toEqual([
      'error publisher-changed',
      'error tag-rolled-back',
    ]);
  });

  test('that what was not signed now is', () => {
    const unsigned = observe(undefined, seen({ publishers: [] })).pin;
    const { pin, findings } = observe(unsigned, seen());
    expect(findings).toMatchObject([{ rule: 'signed-since', level: 'note' }]);
    expect(pin.publishers).toEqual([KEY]);
    expect(rules(unsigned, seen({ publishers: [] }))).toEqual([]);
  });
});

test('observe() keeps what it remembers when it refuses, and forgets it only where that is accepted', () => {
  const change = seen({ publishers: [OTHER], version: '0.9.0', digest: digestOf('x') });
  expect(observe(first, change).pin).toBe(first);
  const { pin, findings } = observe(first, change, { isAccepted: true });
  expect(findings.map(({ level }) => level)).toEqual(['warning', 'warning']);
  expect(pin).toMatchObject({
    publishers: [OTHER],
    version: '1.0.0',
    tags: [{ tag: 'stable', digest: digestOf('x') }],
    firstSeen: 1,
  });
});

test('observe() does not remember a second key beside the first: whoever adds one could go on alone', () => {
  const { pin } = observe(first, seen({ publishers: [OTHER, KEY] }));
  expect(pin.publishers).toEqual([KEY]);
  expect(rules(pin, seen({ publishers: [OTHER] }))).toEqual(['error publisher-changed']);
  const both = observe(undefined, seen({ publishers: [OTHER, KEY] })).pin;
  expect(both.publishers).toEqual([KEY, OTHER]);
  expect(rules(both, seen())).toEqual(['error publisher-changed']);
});

test('observe() remembers those alone that a policy believes', () => {
  const { pin } = observe(undefined, seen({ publishers: [KEY, OTHER], believed: [KEY] }));
  expect(pin.publishers).toEqual([KEY]);
  expect(rules(pin, seen())).toEqual([]);
});

test('observe() names identities as they are', () => {
  const pin = observe(undefined, seen({ publishers: ['email:ci@acme.example'] })).pin;
  const [finding] = observe(pin, seen()).findings;
  expect(finding?.message).toMatch(/^It was signed by email:ci@acme\.example before; now it is signed by the key a+$/);
});

test('observe() remembers the highest version', () => {
  const versions = ['1.2.0', '1.1.0', undefined, 'latest', '1.10.0'].map((version) => ({
    tag: String(version),
    version,
  }));
  const pin = versions.reduce<Pin>((before, { tag, version }) => observe(before, seen({ tag, version })).pin, first);
  expect(pin.version).toBe('1.10.0');
  expect(pin.tags.map(({ tag }) => tag)).toEqual(['stable', '1.2.0', '1.1.0', 'undefined', 'latest', '1.10.0']);
});
