/** Requests whose framing is wrong too: each goes over a connection of its own, which may never be answered. */
import type { Random } from '../_support/random.ts';
import { type Known, pick } from './_known.ts';
import { type WildRequest, wildRequest, wildTarget } from './_wild-requests.ts';

/** A request in the bytes of HTTP/1.1, with its length or in chunks. */
export function framed({ method, target, headers, body }: WildRequest, random: Random): Buffer {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'Host: localhost',
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  const isChunked = body.length > 0 && random.below(3) === 0;
  const framing = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${body.length}`;
  const head = Buffer.from(`${[...lines, framing].join('\r\n')}\r\n\r\n`, 'latin1');
  return Buffer.concat([head, isChunked ? chunked(body, random) : body]);
}

function chunked(body: Buffer, random: Random): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const size = Math.min(body.length - at, 1 + random.below(body.length));
    const extension = random.below(8) === 0 ? ';name="value"' : '';
    parts.push(Buffer.from(`${size.toString(16)}${extension}\r\n`), body.subarray(at, at + size), Buffer.from('\r\n'));
    at += size;
  }
  const trailer = random.below(8) === 0 ? 'X-Trailer: x\r\n' : '';
  return Buffer.concat([...parts, Buffer.from(`0\r\n${trailer}\r\n`)]);
}

/** Deletes what must stay: it is hidden where a reader with another idea of framing would find a request. */
function hidden({ anchor }: Known): string {
  return `DELETE /v2/anchor/kept/manifests/${anchor.digest} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
}

const CONFLICTS: readonly ((length: number) => string)[] = [
  (length) => `Content-Length: ${length}\r\nTransfer-Encoding: chunked`,
  (length) => `Transfer-Encoding: chunked\r\nContent-Length: ${length}`,
  (length) => `Content-Length: 0\r\nContent-Length: ${length}`,
  (length) => `Content-Length: ${length}, 0`,
  () => 'Transfer-Encoding: chunked, identity',
  () => 'Transfer-Encoding: gzip, chunked',
  () => 'Transfer-Encoding:\tchunked\r\nTransfer-Encoding: identity',
  () => 'Transfer-Encoding : chunked',
  () => 'Transfer-Encoding: xchunked',
  () => 'X: y\nTransfer-Encoding: chunked',
  () => 'Content-Length: +0',
  () => 'Content-Length: 0x0',
  () => 'Host: other\r\nContent-Length: 0',
];

const BREAKS: readonly ((random: Random, known: Known) => string | Buffer)[] = [
  // Two ways to read one message: it must be refused as a whole, with what is hidden in it.
  (random, known) => {
    const body = `0\r\n\r\n${hidden(known)}`;
    return `POST /v2/acme/x/blobs/uploads/ HTTP/1.1\r\nHost: localhost\r\n${pick(random, CONFLICTS)(body.length)}\r\n\r\n${body}`;
  },
  // A chunk whose size lies.
  (random) => {
    const size = pick(random, [
      'ffffffffffffffff',
      '-1',
      '0x5',
      ' 5',
      '5 ',
      '',
      'g',
      '7fffffff',
      '00000000000000000000005',
    ]);
    return `POST /v2/acme/x/blobs/uploads/?digest=x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\nhello\r\n0\r\n\r\n`;
  },
  // A line that breaks in the middle of the body.
  (random, known) => {
    const bytes = framed({ ...wildRequest(random, known), body: Buffer.alloc(1_000, 'half') }, random);
    return bytes.subarray(0, bytes.length - 1 - random.below(900));
  },
  // A head that never ends, or is too long.
  (random) => `GET /v2/${'a'.repeat(random.below(40_000))}`,
  (random) =>
    `GET /v2/ HTTP/1.1\r\nHost: localhost\r\n${`X-${'y'.repeat(20)}: ${'z'.repeat(200)}\r\n`.repeat(random.below(300))}\r\n`,
  (random, known) =>
    `${pick(random, ['get', 'G E T', '', 'GET\t', 'CONNECT', 'PRI', '\u0000'])} ${wildTarget(random, known)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  (random, known) =>
    `GET ${wildTarget(random, known)} ${pick(random, ['HTTP/0.9', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/1.1 x', 'http/1.1', ''])}\r\nHost: localhost\r\n\r\n`,
  (random) =>
    `GET /v2/ HTTP/1.1\r\nHost: localhost\r\n${pick(random, ['Expect: 100-continue', 'Expect: x', 'Connection: Upgrade\r\nUpgrade: h2c', 'Connection: close', ': x', 'no colon', 'X\u0000: y', ' X: y'])}\r\n\r\n`,
  // A good one with some bytes changed.
  (random, known) => {
    const bytes = framed(wildRequest(random, known), random);
    for (let edits = 1 + random.below(4); edits > 0; edits--)
      bytes[random.below(Math.min(bytes.length, 300))] = random.below(256);
    return bytes;
  },
  (random) => random.bytes(random.below(2_000)),
];

export function wildBytes(random: Random, known: Known): Buffer {
  const made = pick(random, BREAKS)(random, known);
  return typeof made === 'string' ? Buffer.from(made, 'latin1') : made;
}
