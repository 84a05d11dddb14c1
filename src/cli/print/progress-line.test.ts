import { expect, test } from 'vitest';
import { progressLine } from './progress-line.ts';

const MIB = 1024 * 1024;

function screen(isTerminal: boolean, columns = 200) {
  const lines: string[] = [];
  let time = 1_000;
  const target = { write: (text: string) => lines.push(text), isTerminal, columns: () => columns };
  return {
    lines,
    progress: progressLine(target, { now: () => time }),
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

test('on a terminal the line says what, how far, how fast, how long, and which files', () => {
  const { lines, progress, pass } = screen(true);
  progress.begin('Pulling', 100 * MIB);
  progress.enter('weights/a.bin');
  progress.enter('evil\x1b[2J');
  pass(1_000);
  progress.advance(10 * MIB);
  expect(lines).toEqual([
    '\r\x1b[KPulling 10.0 MiB of 100 MiB (10 %), 10.0 MiB/s, 9 s left: weights/a.bin, evil\\u001b[2J',
  ]);
  progress.leave('weights/a.bin');
  pass(1_000);
  progress.advance(10 * MIB);
  expect(lines.at(-1)).toMatch(/left: evil/);
  progress.end();
  expect(lines.at(-1)).toBe('\r\x1b[K');
});

test('what an earlier process brought counts as done, and not for the rate', () => {
  const { lines, progress, pass } = screen(true);
  progress.begin('Pulling', 100 * MIB);
  progress.advance(80 * MIB, 'resumed');
  pass(1_000);
  progress.advance(MIB);
  expect(lines.at(-1)).toContain('81.0 MiB of 100 MiB (81 %), 1.00 MiB/s, 19 s left');
});

test('the rate is that of the last seconds', () => {
  const { lines, progress, pass } = screen(true);
  progress.begin('Pulling', 1000 * MIB);
  for (let second = 0; second < 20; second++) {
    pass(1_000);
    progress.advance(second < 10 ? 20 * MIB : MIB);
  }
  expect(lines.at(-1)).toContain(', 1.00 MiB/s,');
});

test('many names become a number, and no line is wider than the terminal', () => {
  const { lines, progress, pass } = screen(true, 75);
  progress.begin('Pulling', 100 * MIB);
  for (let file = 0; file < 8; file++) progress.enter(`重み-${file}.bin`);
  pass(1_000);
  progress.advance(MIB);
  const shown = lines.at(-1)?.slice('\r\x1b[K'.length) ?? '';
  expect(shown).toContain('重み-0');
  expect(shown.length + (shown.match(/[重み]/g)?.length ?? 0)).toBeLessThan(75);
  const wide = screen(false);
  wide.progress.begin('Pulling', 100 * MIB);
  for (let file = 0; file < 8; file++) wide.progress.enter(`${file}.bin`);
  wide.pass(10_000);
  wide.progress.advance(MIB);
  expect(wide.lines.at(-1)).toMatch(/: 0\.bin, 1\.bin, 2\.bin and 5 more\n$/);
});

test('elsewhere there is a plain line every ten seconds', () => {
  const { lines, progress, pass } = screen(false);
  progress.begin('Pulling', 100 * MIB);
  for (let second = 0; second < 25; second++) {
    pass(1_000);
    progress.advance(MIB);
  }
  progress.end();
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/^Pulling 10\.0 MiB of 100 MiB .*\n$/);
});
