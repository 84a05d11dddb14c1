/** One of several processes that serve a hub. The first one starts it, and tells it everything. */
import type net from 'node:net';
import { WaybillError } from '../../base/errors.ts';
import { spareMemory } from '../../base/spare-memory.ts';
import { Metrics } from '../http/metrics.ts';
import type { ServedRequest } from '../http/server.ts';
import { type Claim, type TurnKeeping, UploadTurns } from '../registry/upload-turns.ts';
import { type Serving, startServing } from '../serving.ts';
import { type OpenStorage, openStorageBeside } from '../storage.ts';
import type { Failure, ToPrimary, ToWorker } from './messages.ts';

spareMemory();
const metrics = new Metrics();
const claims = new Map<number, Claim>();
const questions = new Map<number, (text: string) => void>();
let served: ServedRequest[] = [];
let count = 0;
let running: { readonly serving: Serving; readonly storage: OpenStorage } | undefined;

// Ctrl-C reaches all processes of a terminal: the first one says when to end, and how.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
// Without the first one nobody hands out connections and turns.
process.on('disconnect', () => process.exit(1));

process.on('message', (message: ToWorker, socket?: net.Socket) => {
  if (message.kind === 'start') start(message).catch(fail);
  else if (message.kind === 'connection') take(message.connection, socket);
  else if (message.kind === 'granted') claims.get(message.claim)?.granted();
  else if (message.kind === 'pressed') claims.get(message.claim)?.pressed();
  else if (message.kind === 'count') tell({ kind: 'counted', question: message.question, figures: metrics.figures() });
  else if (message.kind === 'figures') answer(message.question, message.text);
  else drain().catch(fail);
});

function tell(message: ToPrimary, sent: () => void = () => {}): void {
  // A failure means that the first one has gone, which is told by itself.
  process.send?.(message, undefined, undefined, sent);
}

async function start({ settings, listening }: Extract<ToWorker, { kind: 'start' }>): Promise<void> {
  const storage = await openStorageBeside(settings, () => Date.now());
  tell({ kind: 'opened', owner: storage.owner });
  const serving = await startServing({
    settings,
    listening,
    storage,
    turns: new UploadTurns(keeper),
    metrics,
    figures: askFigures,
    served: note,
  });
  running = { serving, storage };
  tell({ kind: 'ready', address: serving.address, anonymous: serving.anonymous });
}

/** Undefined for one that was closed on the way. */
function take(connection: number, socket: net.Socket | undefined): void {
  tell({ kind: 'taken', connection });
  if (socket !== undefined) running?.serving.take(socket);
}

async function drain(): Promise<void> {
  await running?.serving.drain();
  await running?.storage[Symbol.asyncDispose]();
  report();
  // Behind what was said before.
  tell({ kind: 'served', requests: [] }, () => process.exit(0));
}

/** Whose turn it is decides the first process, for all of them. */
const keeper: TurnKeeping = {
  ask(id, claim) {
    count += 1;
    claims.set(count, claim);
    tell({ kind: 'ask', id, claim: count });
  },
  end(_, claim) {
    for (const [number, known] of claims) {
      if (known !== claim) continue;
      claims.delete(number);
      tell({ kind: 'end', claim: number });
    }
  },
};

function askFigures(): Promise<string> {
  count += 1;
  tell({ kind: 'figures', question: count });
  return new Promise((resolve) => questions.set(count, resolve));
}

function answer(question: number, text: string): void {
  questions.get(question)?.(text);
  questions.delete(question);
}

/** Said once in a turn of the event loop: a message costs as much as answering a small request. */
function note(request: ServedRequest): void {
  if (served.length === 0) setImmediate(report);
  served.push('failure' in request ? { ...request, failure: textOf(request.failure) } : request);
}

function report(): void {
  const requests = served;
  served = [];
  if (requests.length > 0) tell({ kind: 'served', requests });
}

function fail(error: unknown): void {
  const failure: Failure =
    error instanceof WaybillError
      ? { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }
      : { bug: textOf(error) };
  tell({ kind: 'failed', failure }, () => process.exit(1));
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
