/** Where the parts of a log lie below its address: C2SP tlog-tiles, "Merkle Tree" and "Log entries". */

/** Hashes of a full tile, and entries of a full bundle. */
export const TILE_WIDTH = 256;

/** Levels of a tree that one tile spans: 2^8 is its width. */
export const TILE_LEVELS = 8;

export const CHECKPOINT = 'checkpoint';

/** `level` is a level of tiles, or the entries themselves. */
export interface Tile {
  readonly level: number | 'entries';
  readonly index: number;
  /** How many hashes or entries it holds. */
  readonly width: number;
}

/** `tile/0/x001/x234/067`, and `.p/112` behind it where the tile is partial. */
export function tilePath({ level, index, width }: Tile): string {
  let name = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    name = `x${String(rest % 1000).padStart(3, '0')}/${name}`;
  return `tile/${level}/${name}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

const PATH = /^tile\/(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** The tile of a path as {@link tilePath} writes it; undefined for any other text. */
export function parseTilePath(path: string): Tile | undefined {
  const [, level = '', name = '', partial = String(TILE_WIDTH)] = PATH.exec(path) ?? [];
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(name.replace(/[x/]/g, '')),
    width: Number(partial),
  };
  // Leading parts of zeros, a partial tile of the whole width, an index that is no safe integer: written otherwise.
  return tilePath(tile) === path ? tile : undefined;
}

/** The tile in which a tree of this size has one at this place: as full as it is by then. It has one there. */
export function tileAt(level: number | 'entries', index: number, size: number): Tile {
  const count = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level));
  return { level, index, width: Math.min(TILE_WIDTH, count - index * TILE_WIDTH) };
}

/** The tiles at the right edge of a tree, from the lowest level up; none where a level ends with a full one. */
export function edgeOf(size: number): readonly Tile[] {
  const tiles: Tile[] = [];
  for (let [level, count] = [0, size]; count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
    const width = count % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(count / TILE_WIDTH), width });
  }
  return tiles;
}
