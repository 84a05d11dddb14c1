/**
 * Memory that a virtual machine does not use goes back to its host, and the first use of such a page
 * costs up to ten times what writing it does: whoever comes first would pay for all. So memory is kept
 * in use, by pages of a file of holes, which the kernel gives to whoever needs them.
 */
import fs from 'node:fs';
import os from 'node:os';
import { MIB } from './samples.ts';

/** Less is never free: the kernel keeps it for itself. */
const LEFT_FREE = 512 * MIB;
const STEP = 8 * MIB;

export class WarmMemory implements Disposable {
  readonly #descriptor: number;
  readonly #buffer = Buffer.allocUnsafeSlow(STEP);
  /** What was read longest ago goes first, so the next to be read is never there. */
  #at = 0;

  /** @param file a name on the disk, of which it takes no space */
  constructor(file: string) {
    this.#descriptor = fs.openSync(file, 'w+');
    fs.ftruncateSync(this.#descriptor, os.totalmem());
  }

  [Symbol.dispose](): void {
    fs.closeSync(this.#descriptor);
  }

  /** Takes into use what is free. */
  fill(): void {
    const all = os.totalmem();
    for (let read = 0; read < all && freeNow() > LEFT_FREE; read += STEP) {
      fs.readSync(this.#descriptor, this.#buffer, 0, STEP, this.#at);
      this.#at = (this.#at + STEP) % (all - STEP);
    }
  }
}

/** Bytes that nobody uses, caches not counted; nothing where the system does not say. */
function freeNow(): number {
  if (!fs.existsSync('/proc/meminfo')) return 0;
  const found = /^MemFree:\s*(\d+) kB/m.exec(fs.readFileSync('/proc/meminfo', 'utf8'))?.[1];
  return Number(found ?? 0) * 1024;
}
