/** Packages that were signed by each released version verify, for ever: with a policy that asks for a log, and file by file. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Output as Unpacked } from '../../src/cli/outputs/unpack.ts';
import type { Output as Verified } from '../../src/cli/outputs/verify.ts';
import { runCli } from '../_support/cli.ts';
import { makeScratch } from '../_support/scratch.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

const at = (name: string) => path.join(import.meta.dirname, name);
const versions = fs
  .readdirSync(import.meta.dirname)
  .flatMap((name) => /^signed-(\d+\.\d+)\.tar$/.exec(name)?.[1] ?? [])
  .sort();

/** The digests of the packages: they are what was signed. */
const digests: Readonly<Record<string, string>> = {
  '0.1': 'sha256:6869dc9f1dddcd8b6fbef70c2e4967af1122f38da3664ff287cf24e2244d4e99',
};

async function run<T>(...words: readonly string[]): Promise<{ readonly status: number | null; readonly json: T }> {
  const { status, stdout } = await runCli([...words, '--json'], { store: scratch.at('store') });
  return { status, json: JSON.parse(stdout) };
}

test('there is a package for each version that signs', () => {
  expect(versions).toEqual(Object.keys(digests));
});

describe.each(versions)('what version %s signed', (version) => {
  const reference = `oci-archive:${at(`signed-${version}.tar`)}`;

  test('satisfies a policy that asks for its publisher and for its log, and no other', async () => {
    const words = ['verify', reference, '--trust', at(`signed-${version}.trust.yaml`), '--repository'];
    const { status, json } = await run<Verified>(...words, 'acme/compat');
    expect([status, json.verdict, json.digest]).toEqual([0, 'pass', digests[version]]);
    expect((await run(...words, 'acme/other')).status).toBe(1);
  });

  test('is unpacked with its signature, which covers every file', async () => {
    const folder = scratch.at(`out-${version}`);
    const key = ['--key', at(`signed-${version}.pub`)];
    const unpacked = await run<Unpacked>('unpack', reference, folder, '--with-signature', ...key);
    expect([unpacked.status, unpacked.json.fileCount]).toEqual([0, 7]);
    const words = ['verify', folder, '--signature', path.join(folder, 'model.sig'), ...key];
    expect((await run<Verified>(...words)).status).toBe(0);
    fs.appendFileSync(path.join(folder, '.gitattributes'), 'x');
    const { status, json } = await run<Verified>(...words);
    expect([status, json.findings.map(({ rule, path }) => `${rule} ${path}`)[0]]).toEqual([1, 'file-changed .gitattributes']);
  });
});
