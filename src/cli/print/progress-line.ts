/** One line that says how far the work is: what, done, total, rate, time left, and which files are under way. */
import type { Clock } from '../../base/clock.ts';
import type { Progress } from '../../base/progress.ts';
import { safeText } from './safe-text.ts';
import { formatDuration, formatSize } from './units.ts';

/** Work that is over before this shows nothing. */
const FIRST_MILLISECONDS = 400;
const REDRAW_MILLISECONDS = 100;
const PLAIN_MILLISECONDS = 10_000;
/** The rate is that of the last seconds: what was long ago says nothing of the time left. */
const RATE_MILLISECONDS = 5_000;
const SAMPLE_MILLISECONDS = 250;
/** More names are a number. */
const MAX_NAMES = 3;
const LEAST_COLUMNS = 20;

export interface ProgressTarget {
  write(text: string): unknown;
  readonly isTerminal: boolean;
  /** How wide the terminal is now; a line that wraps could not be drawn again in place. */
  columns?(): number;
}

/** On a terminal the line is drawn again in place; elsewhere a plain line now and then. */
export function progressLine(target: ProgressTarget, clock: Clock): Progress {
  let label = '';
  let total = 0;
  let done = 0;
  /** Bytes that were moved just now, and when there were how many. */
  let moved = 0;
  let samples: { readonly at: number; readonly moved: number }[] = [];
  let drawn = 0;
  let isShown = false;
  const names = new Set<string>();

  const rateAt = (now: number) => {
    while (samples.length > 1 && now - (samples[1]?.at ?? now) >= RATE_MILLISECONDS) samples.shift();
    const [first = { at: now, moved }] = samples;
    if (now - (samples.at(-1)?.at ?? 0) >= SAMPLE_MILLISECONDS) samples.push({ at: now, moved });
    return (moved - first.moved) / Math.max(0.001, (now - first.at) / 1000);
  };
  const draw = (now: number) => {
    drawn = now;
    isShown = true;
    const rate = rateAt(now);
    const left = rate > 0 && total > done ? `, ${formatDuration((total - done) / rate)} left` : '';
    const share = total > 0 ? ` of ${formatSize(total)} (${Math.min(100, Math.floor((done / total) * 100))} %)` : '';
    const text = `${label} ${formatSize(done)}${share}, ${formatSize(Math.round(rate))}/s${left}${formatNames(names)}`;
    const columns = Math.max(LEAST_COLUMNS, target.columns?.() ?? 80);
    target.write(target.isTerminal ? `\r\x1b[K${fitted(text, columns - 1)}` : `${text}\n`);
  };
  return {
    begin(newLabel, newTotal) {
      [label, total, done, moved, isShown] = [newLabel, newTotal, 0, 0, false];
      drawn = clock.now();
      samples = [{ at: drawn, moved }];
      names.clear();
    },
    advance(bytes, origin) {
      done += bytes;
      if (origin !== 'resumed') moved += bytes;
      const now = clock.now();
      const wait = target.isTerminal ? (isShown ? REDRAW_MILLISECONDS : FIRST_MILLISECONDS) : PLAIN_MILLISECONDS;
      if (now - drawn >= wait) draw(now);
    },
    enter: (name) => void names.add(name),
    leave: (name) => void names.delete(name),
    end() {
      if (isShown && target.isTerminal) target.write('\r\x1b[K');
    },
  };
}

function formatNames(names: ReadonlySet<string>): string {
  if (names.size === 0) return '';
  const shown = [...names].slice(0, MAX_NAMES).map(safeText).join(', ');
  return `: ${shown}${names.size > MAX_NAMES ? ` and ${names.size - MAX_NAMES} more` : ''}`;
}

/** As much of a text as fits; signs of East Asia and pictures take two columns. */
function fitted(text: string, columns: number): string {
  let width = 0;
  let result = '';
  for (const sign of text) {
    width += (sign.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
    if (width > columns) return result;
    result += sign;
  }
  return result;
}
