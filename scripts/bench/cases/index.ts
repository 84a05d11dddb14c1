import { again } from './again.ts';
import { blobs } from './blobs.ts';
import type { Case } from './case.ts';
import { coldPack } from './cold-pack.ts';
import { compat } from './compat.ts';
import { files } from './files.ts';
import { hubMemory } from './hub-memory.ts';
import { inspect } from './inspect.ts';
import { largeHub } from './large-hub.ts';
import { memory } from './memory.ts';
import { peers } from './peers.ts';
import { pull } from './pull.ts';
import { push } from './push.ts';
import { requests } from './requests.ts';
import { resume } from './resume.ts';
import { sign } from './sign.ts';
import { startUp } from './start-up.ts';
import { statements } from './statements.ts';
import { transparencyLog } from './transparency-log.ts';
import { unpack } from './unpack.ts';
import { verify } from './verify.ts';
import { warmPack } from './warm-pack.ts';

/** In the order of the report; memory last, because its large files drive others out of the page cache. */
export const cases: readonly Case[] = [
  startUp,
  inspect,
  compat,
  coldPack,
  warmPack,
  files,
  verify,
  sign,
  statements,
  unpack,
  peers,
  push,
  pull,
  again,
  resume,
  requests,
  blobs,
  largeHub,
  hubMemory,
  transparencyLog,
  memory,
];
