/** One line that says how far the work is: what, done, total, rate, time left. */
import type { Clock } from '../../base/clock.ts';
import type { Progress } from '../../base/progress.ts';
import { formatDuration, formatSize } from './units.ts';

/** Work that is over before this shows nothing. */
const FIRST_MILLISECONDS = 400;
const REDRAW_MILLISECONDS = 100;
const PLAIN_MILLISECONDS = 10_000;

export interface ProgressTarget {
  write(text: string): unknown;
  readonly isTerminal: boolean;
}

/** On a terminal the line is drawn again in place; elsewhere a plain line now and then. */
export function progressLine(target: ProgressTarget, clock: Clock): Progress {
  let label = '';
  let total = 0;
  let done = 0;
  let began = 0;
  let drawn = 0;
  let isShown = false;

  const draw = (now: number) => {
    drawn = now;
    isShown = true;
    const seconds = Math.max(0.001, (now - began) / 1000);
    const rate = done / seconds;
    const left = rate > 0 && total > done ? `, ${formatDuration((total - done) / rate)} left` : '';
    const share = total > 0 ? ` of ${formatSize(total)} (${Math.min(100, Math.floor((done / total) * 100))} %)` : '';
    const text = `${label} ${formatSize(done)}${share}, ${formatSize(rate)}/s${left}`;
    target.write(target.isTerminal ? `\r\x1b[K${text}` : `${text}\n`);
  };
  return {
    begin(newLabel, newTotal) {
      [label, total, done, isShown] = [newLabel, newTotal, 0, false];
      began = clock.now();
      drawn = began;
    },
    advance(bytes) {
      done += bytes;
      const now = clock.now();
      const wait = target.isTerminal ? (isShown ? REDRAW_MILLISECONDS : FIRST_MILLISECONDS) : PLAIN_MILLISECONDS;
      if (now - drawn >= wait) draw(now);
    },
    end() {
      if (isShown && target.isTerminal) target.write('\r\x1b[K');
    },
  };
}
