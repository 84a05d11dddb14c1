/**
 * Sends wild requests to a hub and says what is wrong with its answers. The same seed sends the same
 * requests as far as they do not depend on what others at the same time were answered.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf, isDigest } from '../../src/oci/digest.ts';
import { type Random, seeded } from '../_support/random.ts';
import { type GoodManifest, Known } from './_known.ts';
import type { Serving } from './_served.ts';
import { framed, wildBytes } from './_wild-bytes.ts';
import { goodManifests, type WildRequest, wildRequest } from './_wild-requests.ts';
import { Wire, type WireAnswer } from './_wire.ts';

export interface FuzzReport {
  /** Requests that were sent, those without an answer included. */
  readonly sent: number;
  /** Of those with good framing: how many were answered. */
  readonly answered: number;
  readonly framed: number;
  /** Bytes of blobs and manifests that were held to their digests. */
  readonly verified: number;
  readonly violations: readonly string[];
}

const LANES = 4;
const PIPELINE = 24;
/** Of a batch, how many connections are broken on purpose. */
const BROKEN = 2;
const PATIENCE_MILLISECONDS = 12;
const MAX_VIOLATIONS = 10;
export const ANCHOR = 'anchor/kept';

export async function fuzz(
  hub: Serving,
  { seed, requests, progress = () => {} }: { seed: number; requests: number; progress?: (sent: number) => void },
): Promise<FuzzReport> {
  const known = new Known();
  const random = seeded(seed);
  const report = { sent: 0, answered: 0, framed: 0, verified: 0, violations: [] as string[] };
  await pushGood(hub, ANCHOR, known.anchor);
  for (const manifest of goodManifests(random)) {
    for (const name of known.repositories) await pushGood(hub, name, manifest);
    known.manifests.push(manifest);
    for (const part of [manifest.text, ...manifest.parts]) known.remember(known.digests, digestOf(part));
  }
  const lanes = Array.from({ length: LANES }, (_, lane) => seeded(seed * LANES + lane + 1));
  await Promise.all(
    lanes.map((chance, lane) =>
      runLane(hub, { known, random: chance, share: requests / LANES, report, progress, isFirst: lane === 0 }),
    ),
  );
  await checkAnchor(hub, known, report.violations);
  return report;
}

interface Lane {
  readonly known: Known;
  readonly random: Random;
  readonly share: number;
  readonly report: { sent: number; answered: number; framed: number; verified: number; violations: string[] };
  readonly isFirst: boolean;
  progress(sent: number): void;
}

async function runLane(hub: Serving, lane: Lane): Promise<void> {
  const { known, random, report } = lane;
  let wire = await Wire.open(hub.port);
  for (let sent = 0, round = 0; sent < lane.share && report.violations.length < MAX_VIOLATIONS; round++) {
    const batch = Array.from({ length: PIPELINE }, () => wildRequest(random, known));
    if (wire.isClosed) wire = await Wire.open(hub.port);
    // All in one: many come over one connection before the first is answered.
    wire.write(Buffer.concat(batch.map((request) => framed(request, random))));
    const answers = Promise.all(batch.map(({ method }) => wire.answer(method === 'HEAD')));
    const broken = Array.from({ length: BROKEN }, () => sendBroken(hub.port, wildBytes(random, known)));
    for (const [at, answer] of (await answers).entries()) {
      const request = batch[at];
      if (request !== undefined && answer !== undefined) {
        report.answered += 1;
        look(request, answer, lane);
      }
    }
    await Promise.all(broken);
    report.framed += PIPELINE;
    report.sent += PIPELINE + BROKEN;
    sent += PIPELINE + BROKEN;
    if (round % 50 === 49) await checkAnchor(hub, known, report.violations);
    if (lane.isFirst) lane.progress(report.sent);
  }
  wire.destroy();
}

/** An answer, an end, or nothing: a hub that waits for more is right to wait. */
async function sendBroken(port: number, bytes: Buffer): Promise<void> {
  const wire = await Wire.open(port);
  wire.write(bytes);
  await Promise.race([wire.answer(), wire.closed(), sleep(PATIENCE_MILLISECONDS)]);
  wire.destroy();
}

/** Holds an answer to what may be answered, and learns from it. */
function look(request: WildRequest, { status, headers, body }: WireAnswer, { known, report }: Lane): void {
  const wrong = (found: string) =>
    void report.violations.push(
      `${request.method} ${request.target.slice(0, 300)}: ${found} ${body.toString('utf8', 0, 300)}`,
    );
  if (!(status >= 200 && status < 500)) wrong(`${status}`);
  const location = headers.get('location');
  if (status === 202 && location?.includes('/uploads/')) known.remember(known.uploads, location);
  const digest = headers.get('docker-content-digest');
  if (status === 201 && isDigest(digest)) known.remember(known.digests, digest);
  if (status === 206) checkPart(headers.get('content-range'), body, wrong);
  if (status !== 200 || request.method !== 'GET' || !isDigest(digest)) return;
  report.verified += body.length;
  if (digest.startsWith('sha256:') && digestOf(body) !== digest) wrong(`its content is not ${digest}`);
}

function checkPart(range: string | undefined, body: Buffer, wrong: (found: string) => void): void {
  const [, start, end, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range ?? '') ?? [];
  if (Number(end) - Number(start) + 1 !== body.length || Number(end) >= Number(size))
    wrong(`206 with ${range} and ${body.length} bytes`);
}

async function checkAnchor({ address }: Serving, { anchor }: Known, violations: string[]): Promise<void> {
  const wanted = [
    `manifests/${anchor.digest}`,
    'manifests/kept',
    ...anchor.parts.map((part) => `blobs/${digestOf(part)}`),
  ];
  const bytes = [anchor.text, anchor.text, ...anchor.parts];
  for (const [at, where] of wanted.entries()) {
    const response = await fetch(`${address}/v2/${ANCHOR}/${where}`);
    const found = Buffer.from(await response.arrayBuffer());
    if (response.status !== 200 || !found.equals(Buffer.from(bytes[at] ?? '')))
      violations.push(`what must stay is not there: ${where} is ${response.status}`);
  }
}

async function pushGood({ address }: Serving, name: string, { text, mediaType, parts }: GoodManifest): Promise<void> {
  for (const part of parts) {
    const to = `${address}/v2/${name}/blobs/uploads/?digest=${digestOf(part)}`;
    const { status } = await fetch(to, { method: 'POST', body: new Uint8Array(part) });
    if (status !== 201) throw new Error(`a good blob is answered with ${status}`);
  }
  const to = `${address}/v2/${name}/manifests/kept`;
  const { status } = await fetch(to, { method: 'PUT', body: text, headers: { 'content-type': mediaType } });
  if (status !== 201) throw new Error(`a good manifest is answered with ${status}`);
}
