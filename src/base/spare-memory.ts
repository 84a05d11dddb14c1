/** Lets V8 clear what is dropped at once, for verbs that drop nearly all they make. */
import v8 from 'node:v8';

/**
 * With 100,000 files packing takes a third less memory; a hub rests at 85 MiB instead of 98, and after 25,000 GETs
 * of 64 KiB at 118 instead of 253, with a quarter less processor time for each. Not for everyone: Node throws its own
 * compiled code away when a flag changes. A hub starts 30 ms later, as does each thread that starts after this.
 */
export function spareMemory(): void {
  v8.setFlagsFromString('--semi-space-growth-factor=1');
}
