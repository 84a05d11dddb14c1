import type { StoreKind } from '../store-kind.ts';
import { archive } from './archive.ts';
import { layout } from './layout.ts';
import { memory } from './memory.ts';
import { registry } from './registry.ts';

/** Every kind of store. A new one is a file here and a line below. */
export const stores = [archive, layout, memory, registry] as const satisfies readonly StoreKind[];
