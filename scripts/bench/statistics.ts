/** Medians with their range: on a shared machine one figure alone says little. */

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @throws RangeError for no values */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  const [least] = sorted;
  const most = sorted.at(-1);
  if (upper === undefined || lower === undefined || least === undefined || most === undefined)
    throw new RangeError('there are no values');
  return { median: (lower + upper) / 2, least, most };
}

/** `0.61 (0.58–0.66)`, in the unit that `format` writes. */
export function formatSpread({ median, least, most }: Spread, format: (value: number) => string): string {
  return `${format(median)} (${format(least)}–${format(most)})`;
}

export const ratio = (value: number): string => value.toFixed(2);
export const seconds = (value: number): string => `${value.toFixed(2)} s`;
export const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
export const mebibytes = (value: number): string => `${Math.round(value / 2 ** 20)} MiB`;
