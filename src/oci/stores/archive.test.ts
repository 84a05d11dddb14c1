import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { testStore } from '../../../test/contracts/store.ts';
import { archive } from './archive.ts';

testStore(
  'archive',
  async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-archive-'));
    const file = path.join(folder, 'layout.tar');
    const store = await archive.open(file, { access: 'write' });
    return {
      writable: store,
      async reopen() {
        await store.finish?.();
        return archive.open(file, { access: 'read' });
      },
      async remove() {
        await store[Symbol.asyncDispose]();
        fs.rmSync(folder, { recursive: true });
      },
    };
  },
  { takesUnknownDigests: false },
);
