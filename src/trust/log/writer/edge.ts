/**
 * The right edge of a growing tree: of each level of tiles the hashes that do not fill a tile yet. It is all that is
 * needed to add entries and to say the new root. C2SP tlog-tiles, "Merkle Tree".
 */
import { EMPTY_ROOT, HASH_SIZE, joinRoots, perfectRoot } from '../merkle/hashes.ts';
import { TILE_WIDTH, type Tile } from '../tiles/paths.ts';

export interface Edge {
  /** Entries of the tree. */
  readonly size: number;
  /** From the lowest level up; empty where a level ends with a full tile. */
  readonly levels: readonly Buffer[];
}

export interface TileContent {
  readonly tile: Tile;
  readonly bytes: Buffer;
}

const TILE_SIZE = TILE_WIDTH * HASH_SIZE;
const NO_HASHES = Buffer.alloc(0);

/** Of a tree without entries. */
export const NOTHING: Edge = { size: 0, levels: [] };

/**
 * @param leaves hashes of the entries that are added, one behind the other
 * @returns the edge with them, and the tiles that are new or hold more than before
 */
export function grow(edge: Edge, leaves: Buffer): { readonly edge: Edge; readonly tiles: readonly TileContent[] } {
  const levels = [...edge.levels];
  const tiles: TileContent[] = [];
  let added = leaves;
  for (let level = 0; added.length > 0; level++) {
    const hashes = Buffer.concat([levels[level] ?? NO_HASHES, added]);
    let index = Math.floor(edge.size / TILE_WIDTH ** (level + 1));
    const roots: Buffer[] = [];
    let at = 0;
    for (; at + TILE_SIZE <= hashes.length; at += TILE_SIZE, index++) {
      const bytes = hashes.subarray(at, at + TILE_SIZE);
      tiles.push({ tile: { level, index, width: TILE_WIDTH }, bytes });
      roots.push(perfectRoot(bytes));
    }
    const bytes = hashes.subarray(at);
    if (bytes.length > 0) tiles.push({ tile: { level, index, width: bytes.length / HASH_SIZE }, bytes });
    levels[level] = bytes;
    added = Buffer.concat(roots);
  }
  return { edge: { size: edge.size + leaves.length / HASH_SIZE, levels }, tiles };
}

export function rootOfEdge({ levels }: Edge): Buffer {
  const roots = levels.toReversed().flatMap(perfectRoots);
  return roots.length === 0 ? EMPTY_ROOT : joinRoots(roots);
}

/** The roots of the perfect trees that hashes of one level make, the largest first. */
function perfectRoots(hashes: Buffer): readonly Buffer[] {
  const roots: Buffer[] = [];
  for (let rest = hashes; rest.length > 0; ) {
    const size = 2 ** Math.floor(Math.log2(rest.length / HASH_SIZE)) * HASH_SIZE;
    roots.push(perfectRoot(rest.subarray(0, size)));
    rest = rest.subarray(size);
  }
  return roots;
}
