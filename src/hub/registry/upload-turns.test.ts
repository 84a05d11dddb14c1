import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Turn, UploadTurns } from './upload-turns.ts';

/** Work that ends when it is told to, or by `finish`. */
function work(log: string[], name: string) {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    finish: resolve,
    async run(turn: Turn) {
      log.push(`${name} begins`);
      turn.stop = () => {
        log.push(`${name} is pressed`);
        resolve();
      };
      await promise;
      turn.stop = undefined;
      log.push(`${name} ends`);
    },
  };
}

test('take() gives one the turn, presses it for a newer one, and never two at once', async () => {
  const turns = new UploadTurns();
  const log: string[] = [];
  const [a, b, c] = ['a', 'b', 'c'].map((name) => work(log, name));
  if (a === undefined || b === undefined || c === undefined) throw new Error('three');
  const all = [turns.take('1', a.run), turns.take('1', b.run), turns.take('1', c.run)];
  await setImmediate();
  expect(log.at(-1)).toBe('c begins');
  c.finish();
  await Promise.all(all);
  expect(log).toEqual([
    'a begins',
    'a is pressed',
    'a ends',
    'b begins',
    'b is pressed',
    'b ends',
    'c begins',
    'c ends',
  ]);
});

test('take() lets uploads go on side by side, and gives the turn on when work fails', async () => {
  const turns = new UploadTurns();
  const log: string[] = [];
  const [a, b] = [work(log, 'a'), work(log, 'b')];
  const side = [turns.take('1', a.run), turns.take('2', b.run)];
  await setImmediate();
  expect(log).toEqual(['a begins', 'b begins']);
  a.finish();
  b.finish();
  await Promise.all(side);
  const fail = async () => {
    throw new Error('the disk failed');
  };
  await expect(turns.take('1', fail)).rejects.toThrow('the disk failed');
  expect(await turns.take('1', async () => 'its turn')).toBe('its turn');
});

test('a turn that is pressed while it may not be ended is told as soon as it may', async () => {
  const turns = new UploadTurns();
  const told: string[] = [];
  const first = turns.take('1', async (turn) => {
    await setImmediate();
    turn.stop = ({ code }) => void told.push(code);
    turn.stop = undefined;
  });
  await turns.take('1', async () => told.push('second'));
  await first;
  expect(told).toEqual(['STORE_BUSY', 'second']);
});
