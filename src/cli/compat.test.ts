import fs from 'node:fs';
import process from 'node:process';
import { expect, test } from 'vitest';
import { runCli } from '../../test/_support/cli.ts';
import { safetensorsOf } from '../../test/_support/model-files.ts';
import { makeScratch, type Scratch } from '../../test/_support/scratch.ts';
import { writeFiles } from '../../test/_tiny.ts';

function model(scratch: Scratch, requires: string): void {
  writeFiles(scratch.at('model'), {
    'waybill.yaml': `waybill: 1
name: acme/digits
version: 1.0.0
components: { weights: [weights/**] }
environment: { requires: { ${requires} } }
`,
    'weights/a.safetensors': safetensorsOf('{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}', 16),
  });
}

const run = (scratch: Scratch, ...words: readonly string[]) =>
  runCli(words, { store: scratch.at('store'), environment: { VIRTUAL_ENV: '' } });

test.each([
  [0, 'fits', 'os: [linux], memoryMiB: 100'],
  [1, 'does not fit', 'os: [darwin], libraries: { numpy: "" }'],
  [2, 'cannot tell', 'os: [linux], libraries: { numpy: "" }'],
])('compat ends with %i where it %s', async (status, answer, requires) => {
  using scratch = makeScratch();
  model(scratch, requires);
  fs.writeFileSync(scratch.at('edge.yaml'), 'target: 1\nname: edge\nos: linux\nmemory: { totalMiB: 4000 }\n');
  const result = await run(scratch, 'compat', scratch.at('model'), '--target', scratch.at('edge.yaml'));
  expect(result).toMatchObject({ status, stderr: '' });
  expect(result.stdout).toMatch(new RegExp(`^${answer}  on edge \\(linux\\)\n`));
});

test('compat reads the JSON of a Kubernetes node as it is, and host turns it into a target file', async () => {
  using scratch = makeScratch();
  model(scratch, 'os: [linux], architecture: [arm64]');
  const node = {
    kind: 'Node',
    metadata: { name: 'n1' },
    status: { allocatable: { memory: '8Gi' }, nodeInfo: { operatingSystem: 'linux', architecture: 'arm64' } },
  };
  fs.writeFileSync(scratch.at('node.json'), JSON.stringify(node));
  const { stdout } = await run(scratch, 'host', '--node', scratch.at('node.json'));
  fs.writeFileSync(scratch.at('node.yaml'), stdout);
  for (const target of ['node.json', 'node.yaml']) {
    const result = await run(scratch, 'compat', scratch.at('model'), '--target', scratch.at(target), '--json');
    expect(result.status, result.stdout).toBe(0);
    expect(JSON.parse(result.stdout)).toMatchObject({ verdict: 'fits', target: { name: 'n1', architecture: 'arm64' } });
  }
});

test('compat compares with this host where no target is named, by what host says of it', async () => {
  using scratch = makeScratch();
  model(scratch, `os: [${process.platform}], node: "==${process.versions.node}"`);
  const result = await run(scratch, 'compat', scratch.at('model'), '--json');
  expect(JSON.parse(result.stdout).findings).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ rule: 'compat-os', fit: 'fits' }),
      expect.objectContaining({ rule: 'compat-node', fit: 'fits', found: process.versions.node }),
    ]),
  );
});

test.each<[string, string, RegExp]>([
  ['a target that is not there', 'none.yaml', /Cannot read .*none\.yaml: it does not exist/],
  ['a target with a mistake', 'bad.yaml', /Cannot use .*bad\.yaml: it has one problem/],
  ['a target that is a folder', '.', /not a regular file/],
])('compat fails with 2 and one JSON document on %s', async (_, target, message) => {
  using scratch = makeScratch();
  model(scratch, 'os: [linux]');
  fs.writeFileSync(scratch.at('bad.yaml'), 'target: 1\nmemori: 3\n');
  const result = await run(scratch, 'compat', scratch.at('model'), '--target', scratch.at(target), '--json');
  expect(result.status).toBe(2);
  expect(JSON.parse(result.stdout).error.message).toMatch(message);
});

test('pack refuses a range that is none, at its place', async () => {
  using scratch = makeScratch();
  model(scratch, 'python: ">=3.9", libraries: { numpy: ">=two" }');
  const result = await run(scratch, 'pack', scratch.at('model'), '--json');
  expect(result.status).toBe(2);
  expect(JSON.parse(result.stdout).error.problems).toEqual([
    expect.objectContaining({
      line: 5,
      column: 65,
      message: expect.stringContaining('environment.requires.libraries.numpy'),
    }),
  ]);
});
