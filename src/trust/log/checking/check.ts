/**
 * Derives a log anew from its entries up to the root that it signed, and names the first places where something differs:
 * an entry that was changed, put in, taken out or moved shows itself there.
 */
import { WaybillError } from '../../../base/errors.ts';
import { type Finding, type Verdict, verdictOf } from '../../../base/finding.ts';
import { inParallel } from '../../../base/parallel.ts';
import { HASH_SIZE, leafHash } from '../merkle/hashes.ts';
import type { TreeHead } from '../merkle/verify.ts';
import type { LogReader } from '../reading/reader.ts';
import { entriesOf, readHashes } from '../reading/tiles.ts';
import { edgeOf, TILE_WIDTH, type Tile, tileAt, tilePath } from '../tiles/paths.ts';
import { type Edge, grow, NOTHING, rootOfEdge, type TileContent } from '../writer/edge.ts';

export interface CheckedLog {
  readonly verdict: Verdict;
  /** How many of its entries were read. */
  readonly entries: number;
  readonly findings: readonly Finding[];
}

/** The first ones say where it began; a log of which all was changed would have millions. */
const MAX_FINDINGS = 10;
/** A log that is far away has a round trip for each tile. */
const READ_AT_ONCE = 16;

/**
 * @param head what the checkpoint says
 * @throws what the reader throws, when the log cannot be read
 */
export async function checkLog(reader: LogReader, head: TreeHead): Promise<CheckedLog> {
  const findings: Finding[] = [];
  let edge: Edge = NOTHING;
  const count = Math.ceil(head.size / TILE_WIDTH);
  for (let from = 0; from < count && findings.length < MAX_FINDINGS; from += READ_AT_ONCE) {
    const numbers = Array.from({ length: Math.min(READ_AT_ONCE, count - from) }, (_, at) => from + at);
    for (const bundle of await inParallel(numbers, READ_AT_ONCE, (number) => readBundle(reader, number, head.size))) {
      findings.push(...bundle.findings);
      const grown = grow(edge, bundle.hashes);
      edge = grown.edge;
      const full = grown.tiles.filter(({ tile }) => tile.level !== 0 && tile.width === TILE_WIDTH);
      for (const tile of full) findings.push(...(await compareTile(reader, tile)));
    }
  }
  if (edge.size === head.size) findings.push(...(await compareEdge(reader, edge, head)));
  return { verdict: verdictOf(findings), entries: edge.size, findings: findings.slice(0, MAX_FINDINGS) };
}

interface Bundle {
  /** As the tile has them, or the entries where there is no tile. */
  readonly hashes: Buffer;
  readonly findings: readonly Finding[];
}

async function readBundle(reader: LogReader, number: number, size: number): Promise<Bundle> {
  const tile = tileAt(0, number, size);
  const [stored, entries] = await Promise.all([
    attempt(tile, () => readHashes(reader, tile)),
    attempt({ ...tile, level: 'entries' }, () => entriesOf(reader, number, size)),
  ]);
  const derived = 'value' in entries ? Buffer.concat(entries.value.map(leafHash)) : undefined;
  const findings = [stored, entries].flatMap((read) => ('finding' in read ? [read.finding] : []));
  if (!('value' in stored)) return { hashes: derived ?? Buffer.alloc(0), findings };
  if (derived !== undefined && !stored.value.equals(derived)) {
    const at = firstDifference(stored.value, derived);
    const path = tilePath({ ...tile, level: 'entries' });
    const message = `Entry ${number * TILE_WIDTH + at} is not the one whose hash stands in ${tilePath(tile)}`;
    findings.push({ rule: 'log-entry-differs', level: 'error', path, message });
  }
  return { hashes: stored.value, findings };
}

/** What is at the right edge, and the root over all. */
async function compareEdge(reader: LogReader, edge: Edge, head: TreeHead): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const tile of edgeOf(edge.size).filter(({ level }) => level !== 0))
    findings.push(...(await compareTile(reader, { tile, bytes: edge.levels[Number(tile.level)] as Buffer })));
  if (!rootOfEdge(edge).equals(head.root)) {
    const message = `The root over all ${edge.size} entries is not the one that was signed`;
    findings.push({ rule: 'log-root-differs', level: 'error', path: 'checkpoint', message });
  }
  return findings;
}

async function compareTile(reader: LogReader, { tile, bytes }: TileContent): Promise<readonly Finding[]> {
  const read = await attempt(tile, () => readHashes(reader, tile));
  if ('finding' in read) return [read.finding];
  if (read.value.equals(bytes)) return [];
  const index = tile.index * TILE_WIDTH + firstDifference(read.value, bytes);
  const below = tilePath({ level: Number(tile.level) - 1, index, width: TILE_WIDTH });
  const message = `Its hash ${index % TILE_WIDTH} is not the root of ${below}`;
  return [{ rule: 'log-tile-differs', level: 'error', path: tilePath(tile), message }];
}

/** The first hash that is not the same. */
function firstDifference(a: Buffer, b: Buffer): number {
  let at = 0;
  while (a[at] === b[at]) at++;
  return Math.floor(at / HASH_SIZE);
}

/** What is missing or malformed is an answer; what cannot be reached is none. */
async function attempt<Value>(
  tile: Tile,
  read: () => Promise<Value>,
): Promise<{ readonly value: Value } | { readonly finding: Finding }> {
  try {
    return { value: await read() };
  } catch (error) {
    if (!(error instanceof WaybillError) || error.code !== 'LOG_INVALID') throw error;
    return { finding: { rule: 'log-unreadable', level: 'error', path: tilePath(tile), message: error.message } };
  }
}
