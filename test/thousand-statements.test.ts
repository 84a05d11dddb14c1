/** A thousand statements on one package in a layout: read and verified, in little memory. */
import { expect, test } from 'vitest';
import type { Descriptor } from '../src/oci/descriptor.ts';
import { changeIndex, entryFor } from '../src/oci/layout/index-file.ts';
import { openLayout } from '../src/oci/layout/layout.ts';
import { attach } from '../src/trust/attestations/attach.ts';
import { readAttestations } from '../src/trust/attestations/read.ts';
import { isSignedBy, speaksOf } from '../src/trust/attestations/signed-by.ts';
import { makeScratch } from './_support/scratch.ts';
import { newSigner, signedBundle } from './_support/statements.ts';
import { manifestIn } from './contracts/store.ts';

const COUNT = 1_000;
const MEMORY = 300 * 1024 * 1024;

test(`${COUNT} statements in a layout are read and verified`, { timeout: 120_000 }, async () => {
  using scratch = makeScratch();
  const signer = newSigner();
  await using store = await openLayout(scratch.at('layout'), 'write');
  const subject = await manifestIn(store, 'the package');
  await store.tag('acme/x:1', subject);
  const referrers: Descriptor[] = [];
  const nowhere = new Proxy(store, {
    get: (target, name) => {
      if (name === 'attach') return async () => {};
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  for (let at = 0; at < COUNT; at++) {
    const type = `https://example.com/said/v${at}`;
    referrers.push(await attach(nowhere, subject, await signedBundle(signer, subject.digest, type), type, new Date(0)));
  }
  await changeIndex(store.folder, (entries) => [...entries, ...referrers.map((referrer) => entryFor(referrer))]);
  const before = process.memoryUsage().rss;
  const start = performance.now();
  const found = await readAttestations(store, subject);
  const good = found.filter((one) => speaksOf(one, subject.digest) && isSignedBy(one, signer.publicKey));
  const took = performance.now() - start;
  console.info(
    `${COUNT} statements: ${took.toFixed(0)} ms, ${((process.memoryUsage().rss - before) / 1e6).toFixed(0)} MB`,
  );
  expect(good).toHaveLength(COUNT);
  expect(process.memoryUsage().rss - before).toBeLessThan(MEMORY);
});
