import fs from 'node:fs';
import process from 'node:process';
import { expect, test } from 'vitest';
import { makeScratch } from '../../../../test/_support/scratch.ts';
import { parseTarget } from '../target/parse.ts';
import { formatTarget } from '../target/write.ts';
import { hostTarget } from './host.ts';
import { machineSources } from './machine.ts';

const PATH = '/usr/local/bin:/usr/bin:/bin';

test('hostTarget() of this machine is a target that can be read', async () => {
  const target = await hostTarget(machineSources({ PATH }, '.'));
  expect(target).toMatchObject({ target: 1, os: process.platform, node: process.versions.node });
  expect(parseTarget(formatTarget(target), 'host.yaml').target).toEqual(target);
});

test('hostTarget() asks for nothing that is not wanted', async () => {
  const target = await hostTarget(machineSources({}, '.'), { parts: new Set(['node']) });
  expect(target).toEqual({ target: 1, node: process.versions.node });
});

test('machineSources() ends a program that does not end by itself, and reads no more than the limit', async () => {
  using scratch = makeScratch();
  fs.writeFileSync(scratch.at('long'), 'x'.repeat(10_000));
  const sources = machineSources({ PATH }, scratch.folder);
  expect(sources.read(scratch.at('long'), 100)).toHaveLength(100);
  expect(sources.read(scratch.folder)).toBeUndefined();
  expect(sources.read(scratch.at('none'))).toBeUndefined();
  expect(sources.list(scratch.at('none'))).toBeUndefined();
  expect(await sources.run(scratch.at('none'), [])).toBeUndefined();
  expect(await sources.run('sh', ['-c', 'yes'])).toBeUndefined();
  expect(await sources.run('sh', ['-c', 'echo out; echo err >&2; exit 3'])).toEqual({
    status: 3,
    stdout: 'out\n',
    stderr: 'err\n',
  });
  expect(sources.freeRoom()).toBeGreaterThan(0);
  expect(machineSources({}, scratch.at('none')).freeRoom()).toBeUndefined();
});
