import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { testStore } from '../../../test/contracts/store.ts';
import { layout } from './layout.ts';

testStore(
  'layout',
  async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-layout-'));
    const store = await layout.open(folder, { access: 'write' });
    return {
      writable: store,
      reopen: () => layout.open(folder, { access: 'read' }),
      async remove() {
        await store[Symbol.asyncDispose]();
        fs.rmSync(folder, { recursive: true });
      },
    };
  },
  { takesUnknownDigests: true },
);
