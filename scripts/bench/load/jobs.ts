/** What the load can do. Each prepares itself, unmeasured, and gives back what is measured. */
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, REPOSITORY } from './client.ts';
import { digestOf, largeBlob, MANIFEST, manifestOf, smallBlob } from './content.ts';
import type { Job } from './load.ts';

type Jobs = {
  readonly [Kind in Job['kind']]: (client: Client, job: Extract<Job, { kind: Kind }>) => Promise<() => Promise<void>>;
};

const LANES = 8;
/** Until what a server runs often is compiled. */
const WARM_UP = 2_000;
/** Prime to every number of blobs that is used: neighbours are not asked for one after the other. */
const STRIDE = 7_919;
const WATCH_MILLISECONDS = 5;

export const jobs: Jobs = {
  fill: async (client, { blobs, size }) => {
    const digests = digestsOf(blobs, size);
    const { bytes, config } = manifestOf(digests, size);
    return async () => {
      await lanes(blobs, (index) => client.putBlob(digests[index] ?? '', smallBlob(index, size)));
      await client.putBlob(digestOf([config]), config);
      await client.ask('PUT', `/v2/${REPOSITORY}/manifests/1`, { body: bytes, type: MANIFEST });
    };
  },
  read: async (client, { what, blobs, size, requests }) => {
    const digests = digestsOf(blobs, size);
    const manifest = digestOf([manifestOf(digests, size).bytes]);
    const pathOf = {
      blob: (index: number) => `blobs/${digests[(index * STRIDE) % blobs]}`,
      digest: () => `manifests/${manifest}`,
      tag: () => 'manifests/1',
    }[what];
    const read = (index: number) => client.ask('GET', `/v2/${REPOSITORY}/${pathOf(index)}`);
    await lanes(WARM_UP, read);
    return () => lanes(requests, read);
  },
  list:
    async (client, { paths, times }) =>
    async () => {
      for (let time = 0; time < times; time++) for (const path of paths) await client.ask('GET', path);
    },
  large: async (client, { size, up, down }) => {
    const digest = digestOf(largeBlob(size));
    return async () => {
      const ups = Array.from({ length: up }, () => client.putBlob(digest, { size, chunks: largeBlob(size) }));
      const downs = Array.from({ length: down }, () => client.ask('GET', `/v2/${REPOSITORY}/blobs/${digest}`));
      await Promise.all([...ups, ...downs]);
    };
  },
  watch:
    async (client, { path, file, text }) =>
    async () => {
      while (!fs.readFileSync(file, 'utf8').includes(text)) {
        // A server that does not answer for longer than it keeps connections open ends them.
        await client.ask('GET', path).catch(() => {
          client.broken += 1;
        });
        await sleep(WATCH_MILLISECONDS);
      }
    },
};

function digestsOf(blobs: number, size: number): readonly string[] {
  return Array.from({ length: blobs }, (_, index) => digestOf([smallBlob(index, size)]));
}

async function lanes(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
