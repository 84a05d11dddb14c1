import { testStore } from '../../../test/contracts/store.ts';
import { memory } from './memory.ts';

testStore(
  'memory',
  async () => {
    const store = await memory.open('', { access: 'write' });
    return { writable: store, reopen: async () => store, remove: async () => {} };
  },
  { takesUnknownDigests: true },
);
