/** The arithmetic and the instruments of `npm run bench`: what its verdicts rest on. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { compete, leastRatio, ratios } from '../scripts/bench/compete.ts';
import { digestOf, largeBlob, smallBlob } from '../scripts/bench/load/content.ts';
import { cpuOf, type Usage } from '../scripts/bench/measure.ts';
import { judge, judgeMost, judgeRatio } from '../scripts/bench/row.ts';
import { startCountingProxy } from '../scripts/bench/servers/counting-proxy.ts';
import { difference, isRunning, memoryOf, usageOf } from '../scripts/bench/servers/process.ts';
import { ratio, spreadOf } from '../scripts/bench/statistics.ts';

const usage = (user: number, system = 0): Usage => ({ wall: 1, user, system, peak: 0, read: 0, written: 0 });
const limit = { what: 'pack', target: '≤ 1.10', limit: 1.1, format: ratio, by: [] };

test('spreadOf() gives the middle of an odd number of values and the mean of the two middle ones of an even', () => {
  expect(spreadOf([10, 2, 9])).toEqual({ median: 9, least: 2, most: 10 });
  expect(spreadOf([4, 1, 100, 2])).toEqual({ median: 3, least: 1, most: 100 });
  expect(() => spreadOf([])).toThrow(RangeError);
});

test('ratios() holds each round against the same round of the others together', () => {
  const ours = [usage(2, 1), usage(6)];
  expect(ratios(cpuOf, ours, [usage(1), usage(2)], [usage(1, 1), usage(1)])).toEqual([1, 2]);
  expect(() => ratios(cpuOf, ours, [usage(1)])).toThrow(RangeError);
});

test('judge() goes by the median and judgeMost() by the largest', () => {
  expect(judge([1.1, 0.5, 9], limit)).toMatchObject({ figure: '1.10 (0.50–9.00)', verdict: 'met' });
  expect(judge([1.2, 0.5, 9], limit).verdict).toBe('missed');
  expect(judgeMost([1, 1, 1.11], limit)).toMatchObject({ figure: '1.11', verdict: 'missed' });
});

test('judgeRatio() goes by the least of each side, which one disturbed round does not change', () => {
  const used = {
    ours: [usage(2, 9), usage(2)],
    others: [
      [usage(1), usage(1, 9)],
      [usage(5), usage(1)],
    ],
  };
  expect(leastRatio(cpuOf, used.ours, ...used.others)).toBe(1);
  expect(judgeRatio(cpuOf, used, limit)).toMatchObject({ verdict: 'met' });
  expect(judgeRatio(cpuOf, { ...used, ours: [usage(2, 1), usage(3)] }, limit)).toMatchObject({ verdict: 'missed' });
});

test('compete() lets each contender go first in turn, and measures its command alone', () => {
  const order: string[] = [];
  const contender = (name: string) => ({
    command: { argv: [name], text: name, folder: '.', environment: {} },
    before: () => void order.push(`before ${name}`),
    after: () => void order.push(`after ${name}`),
  });
  const used = compete(2, { a: contender('a'), b: contender('b') }, ({ text }) => {
    order.push(text);
    return usage(order.length);
  });
  expect(order).toEqual(['a', 'b', 'b', 'a'].flatMap((name) => [`before ${name}`, name, `after ${name}`]));
  expect(used).toEqual({ a: [usage(2), usage(11)], b: [usage(5), usage(8)] });
});

test('difference() is what was used between two looks at usageOf()', () => {
  const before = usageOf(process.pid);
  fs.writeFileSync('/dev/null', Buffer.alloc(100_000));
  const after = usageOf(process.pid);
  const used = difference(before, after);
  expect(used.written).toBeGreaterThanOrEqual(100_000);
  expect(used).toMatchObject({ peak: after.peak, wall: after.wall - before.wall });
});

test('memoryOf() and isRunning() know this process, and isRunning() one that has ended', async () => {
  const { now, peak } = memoryOf(process.pid);
  expect(now).toBeGreaterThan(2 ** 20);
  expect(peak).toBeGreaterThanOrEqual(now);
  const child = spawn(process.execPath, ['-e', '0']);
  const pid = child.pid ?? 0;
  expect([isRunning(process.pid), isRunning(pid)]).toEqual([true, true]);
  await once(child, 'close');
  expect(isRunning(pid)).toBe(false);
});

test('startCountingProxy() counts each direction, changes nothing and says once when enough has passed', async () => {
  const server = net.createServer((socket) => socket.once('data', () => socket.end('12345'))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  await using proxy = await startCountingProxy(`127.0.0.1:${(server.address() as net.AddressInfo).port}`);
  let reached = 0;
  proxy.begin(4, () => {
    reached += 1;
  });
  const client = net.connect(Number(proxy.host.split(':')[1]), '127.0.0.1');
  client.write('abc');
  expect(await text(client)).toBe('12345');
  expect(proxy.counts).toEqual({ up: 3, down: 5 });
  expect(reached).toBe(1);
  server.close();
});

test('the load knows its content by numbers alone', () => {
  expect(smallBlob(258, 8)).toEqual(Buffer.from([0, 0, 1, 2, 2, 2, 2, 2]));
  const size = 3 * 2 ** 20 + 5;
  expect([...largeBlob(size)].reduce((sum, { length }) => sum + length, 0)).toBe(size);
  expect(digestOf(largeBlob(size))).toBe(`sha256:${createHash('sha256').update(Buffer.alloc(size, 7)).digest('hex')}`);
});
