/** What every reader of locks promises: whatever a file holds, it is read or refused in words, and what is not understood is told. */
import { expect, test } from 'vitest';
import { WaybillError } from '../../src/base/errors.ts';
import type { Lock, LockReader } from '../../src/model/environment/lock/lock.ts';
import { neededOf } from '../../src/model/environment/lock/needed.ts';
import { isName, normalizeName } from '../../src/model/environment/python/name.ts';
import { seeded } from '../_support/random.ts';

/** Of all samples together. */
const MUTANTS = 4_000;

export interface LockSample {
  readonly path: string;
  readonly text: string;
  /** `name version`, sorted. */
  readonly packages: readonly string[];
}

export function readText(
  reader: LockReader,
  text: string,
  path = 'lock',
  others: Record<string, string> = {},
): Promise<Lock> {
  return reader.read({ path, text, open: async (name) => (Object.hasOwn(others, name) ? others[name] : undefined) });
}

export const packagesOf = ({ packages }: Lock): readonly string[] =>
  packages.map(({ name, version, specifiers }) => `${name} ${version ?? specifiers?.text ?? '*'}`).sort();

export function testLock(reader: LockReader, samples: readonly LockSample[]): void {
  test.each(samples)(`${reader.id} reads $path`, async ({ path, text, packages }) => {
    expect(path).toMatch(reader.names);
    const lock = await readText(reader, text, path);
    expect(packagesOf(lock)).toEqual(packages);
    expect(lock.findings).toEqual([]);
    expectSound(lock, path);
  });

  test.each(['', '\0', '\ufeff', '[[package]]\n[[packages]]\n', '\u2028', 'a'.repeat(100_000), '['.repeat(50_000)])(
    `${reader.id} reads or refuses %j`,
    async (text) => void (await readOrRefuse(text)),
  );

  test(`${reader.id} reads or refuses ${MUTANTS} mutants`, { timeout: 120_000 }, async () => {
    const random = seeded(9);
    let changed = 0;
    for (let round = 0; round < MUTANTS; round++) {
      const { text, packages } = samples[round % samples.length] ?? { text: '', packages: [] };
      const lock = await readOrRefuse(mutate(text, random));
      if (lock === undefined || lock.findings.length > 0 || packagesOf(lock).join() !== packages.join()) changed += 1;
    }
    expect(changed).toBeGreaterThan(MUTANTS / 20);
  });

  async function readOrRefuse(text: string): Promise<Lock | undefined> {
    try {
      const lock = await readText(reader, text);
      expectSound(lock, 'lock');
      return lock;
    } catch (error) {
      if (!(error instanceof WaybillError)) throw error;
      expect(['LOCK_INVALID', 'LIMIT_EXCEEDED']).toContain(error.code);
      expect(error.message).toMatch(/^Cannot read lock: ./);
      return undefined;
    }
  }
}

/** Names are normalised, unless they are addresses; every finding has a place; what is needed is part of the lock. */
function expectSound(lock: Lock, path: string): void {
  for (const { name, source, at } of lock.packages) {
    if (source === 'index') expect(isName(name) && normalizeName(name) === name, name).toBe(true);
    expect(at.startsWith(path)).toBe(true);
  }
  for (const finding of lock.findings) expect(finding.path).toContain(path);
  const needed = neededOf(lock, { python_version: '3.12', python_full_version: '3.12.1', sys_platform: 'linux' });
  expect(needed.every(({ locked }) => lock.packages.includes(locked))).toBe(true);
}

function mutate(text: string, random: ReturnType<typeof seeded>): string {
  const place = () => random.below(text.length + 1);
  const at = place();
  const length = random.below(12);
  switch (random.below(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return text.slice(0, at) + text.slice(at, at + length) + text.slice(at);
    case 2:
      return (
        text.slice(0, at) +
        ['"', "'", '\\', '\n', '#', '[', ']', '=', ';', '\0', '-r lock\n', '{', '}', ' '][random.below(14)] +
        text.slice(at)
      );
    default:
      return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
  }
}
