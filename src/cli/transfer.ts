/** What push, pull and copy say when they are done. */
import type { Paint } from './print/paint.ts';
import { count, formatSize } from './print/units.ts';

export interface TransferSummary {
  readonly digest: string;
  readonly to: string;
  readonly blobs: number;
  readonly blobsSkipped: number;
  readonly resumed: boolean;
}

export function formatTransfer(
  verb: string,
  { digest, to, blobs, blobsSkipped, resumed }: TransferSummary,
  moved: number,
  paint: Paint,
): string {
  return `${paint.good(verb)} ${paint.bold(to)}  ${digest}\n  ${formatAmount({ blobs, blobsSkipped, resumed }, moved)}`;
}

/** The same for several artifacts: a line each. */
export function formatTags(
  verb: string,
  summary: Omit<TransferSummary, 'digest'> & { readonly tags: readonly { tag: string; digest: string }[] },
  moved: number,
  paint: Paint,
): string {
  const { to, tags } = summary;
  const first = `${paint.good(verb)} ${count(tags.length, 'tag')} to ${paint.bold(to)}`;
  const width = Math.max(...tags.map(({ tag }) => tag.length));
  const lines = tags.map(({ tag, digest }) => `  ${tag.padEnd(width)}  ${digest}`);
  return [first, ...lines, `  ${formatAmount(summary, moved)}`].join('\n');
}

function formatAmount(
  { blobs, blobsSkipped, resumed }: Pick<TransferSummary, 'blobs' | 'blobsSkipped' | 'resumed'>,
  moved: number,
): string {
  const skipped = blobsSkipped === 0 ? '' : `; ${count(blobsSkipped, 'blob')} already there`;
  const gone = resumed ? '; went on where it had stopped' : '';
  return `${count(blobs, 'blob')}, ${formatSize(moved)}${skipped}${gone}`;
}
