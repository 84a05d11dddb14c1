/** How long work tells what it has done, without knowing who shows it. */
export interface Progress {
  /** A piece of work begins. `total` is in bytes; 0 when unknown. */
  begin(label: string, total: number): void;
  /** So many more bytes are done; those of an earlier process say nothing of how fast it goes. */
  advance(bytes: number, origin?: 'resumed'): void;
  /** A file, or what the reader knows by a name, is under way. */
  enter(name: string): void;
  /** It is no more, well or not. */
  leave(name: string): void;
  /** The piece of work is over, well or not. */
  end(): void;
}

export const silent: Progress = { begin() {}, advance() {}, enter() {}, leave() {}, end() {} };
