import type { LockReader } from '../lock/lock.ts';
import { poetry } from './poetry.ts';
import { pylock } from './pylock.ts';
import { pyproject } from './pyproject.ts';
import { requirements } from './requirements.ts';
import { uv } from './uv.ts';

/** The kinds of locks that are read; the first whose name fits. A new one is a file here and a line below. */
export const locks = [uv, poetry, pylock, pyproject, requirements] as const satisfies readonly LockReader[];
