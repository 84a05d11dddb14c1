/** Where a log is written: a folder here; anything that puts whole files durably would do, as an object store. */
import type { LogReader } from '../reading/reader.ts';

export interface LogFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface LogStorage extends LogReader {
  /**
   * Puts files in the place of those that are there, each as a whole or not at all, in any order.
   * @returns once all of them survive a power cut
   * @throws WaybillError DISK_FULL, FILE_UNREADABLE; then some may be there and others not
   */
  put(files: readonly LogFile[]): Promise<void>;
  /** Removes all files below these paths. Nothing depends on it. */
  drop(paths: readonly string[]): Promise<void>;
}
