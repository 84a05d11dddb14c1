/** Every drop-in is in its folder's table, exactly once. */
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { invariants } from '../src/model/architecture/invariants/index.ts';
import { dialects } from '../src/model/dialects/index.ts';
import { locks } from '../src/model/environment/locks/index.ts';
import { formats } from '../src/model/formats/index.ts';
import { forms } from '../src/model/forms/index.ts';
import { stores } from '../src/oci/stores/index.ts';
import { predicateKinds } from '../src/trust/predicates/index.ts';

function dropInsIn(folder: string): string[] {
  return readdirSync(`src/${folder}`)
    .filter((name) => !/^index\.|\.test\.ts$/.test(name))
    .map((name) => name.replace(/\.ts$/, ''));
}

test('every file in oci/stores is in the table, once', async () => {
  const modules = await Promise.all(dropInsIn('oci/stores').map((name) => import(`../src/oci/stores/${name}.ts`)));
  const exported = modules.flatMap((module) => Object.values(module));
  expect(new Set(exported)).toEqual(new Set(stores));
  expect(exported.length).toBe(stores.length);
});

test('every file in model/formats is in the table, once, under its id', async () => {
  expect(formats.map(({ id }) => id).sort()).toEqual(dropInsIn('model/formats').sort());
});

test('every invariant is in the table, once, and is named after its file', async () => {
  const names = invariants.map(({ id }) => id);
  expect(names.toSorted()).toEqual(dropInsIn('model/architecture/invariants').sort());
  for (const { rules, title, needs } of invariants) {
    expect(rules.length).toBeGreaterThan(0);
    expect(title).toMatch(/^[A-Z].*\.$/);
    expect(needs).not.toBe('');
  }
});

test('every file in model/environment/locks is in the table, once, under its id', async () => {
  expect(locks.map(({ id }) => id).sort()).toEqual(dropInsIn('model/environment/locks').sort());
});

test('every file in model/dialects is in the table, once, under its id', async () => {
  expect(dialects.map(({ id }) => id).sort()).toEqual(dropInsIn('model/dialects').sort());
});

test('every file in model/forms is in the table, once, under its id', async () => {
  expect(forms.map(({ id }) => id).sort()).toEqual(dropInsIn('model/forms').sort());
});

test('every file in trust/predicates is in the table, once, under its id', async () => {
  expect(predicateKinds.map(({ id }) => id).sort()).toEqual(dropInsIn('trust/predicates').sort());
});

test('every file in cli/commands is in the table under the name of its verb', async () => {
  expect(Object.keys(commands).sort()).toEqual(dropInsIn('cli/commands').sort());
  for (const [name, load] of Object.entries(commands)) expect((await load()).name).toBe(name);
});

test('every verb has a summary, two examples that begin with waybill, and described options', async () => {
  for (const load of Object.values(commands)) {
    const { name, summary, examples, options } = await load();
    expect(summary, name).toMatch(/^[A-Z].*[^.]$/);
    expect(examples.length, name).toBeGreaterThanOrEqual(2);
    for (const example of examples) expect(example.command, name).toContain(`waybill ${name}`);
    for (const option of Object.values(options)) expect(option.description, name).not.toBe('');
  }
});
