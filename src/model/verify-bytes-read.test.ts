import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { writeFiles } from '../../test/_tiny.ts';
import { openLayout } from '../oci/layout/layout.ts';
import { noCache } from './digest-cache.ts';
import { pack } from './pack.ts';
import { readSource } from './source/read.ts';
import { verify } from './verify.ts';

test('verify() counts the bytes of bundles as read, as it does those of single files', async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-verify-'));
  try {
    const pages = Array.from({ length: 65 }, (_, index) => [`docs/${index}.txt`, `page ${index}\n`]);
    const text = 'waybill: 1\nname: pages\nversion: 1.0.0\ncomponents: { docs: [docs/**] }\n';
    writeFiles(path.join(root, 'model'), { ...Object.fromEntries(pages), 'waybill.yaml': text });
    await using store = await openLayout(path.join(root, 'store'), 'write');
    const packed = await pack(readSource(path.join(root, 'model')), { store, cache: noCache });
    expect(packed.layerCount).toBe(3);
    expect((await verify(store, packed.manifest)).bytesRead).toBe(packed.size);
  } finally {
    fs.rmSync(root, { recursive: true });
  }
});
