/** How long work tells what it has done, without knowing who shows it. */
export interface Progress {
  /** A piece of work begins. `total` is in bytes; 0 when unknown. */
  begin(label: string, total: number): void;
  /** So many more bytes are done. */
  advance(bytes: number): void;
  /** The piece of work is over, well or not. */
  end(): void;
}

export const silent: Progress = { begin() {}, advance() {}, end() {} };
