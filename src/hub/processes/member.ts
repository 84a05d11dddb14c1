/** One process that serves the hub, as the first one sees it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WaybillError } from '../../base/errors.ts';
import type { Anonymous } from '../access/access.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Figures } from '../http/metrics.ts';
import type { ServedRequest } from '../http/server.ts';
import type { Claim, TurnKeeping } from '../registry/upload-turns.ts';
import type { Failure, ToPrimary, ToWorker } from './messages.ts';

export interface MemberOptions {
  readonly settings: Settings;
  /** `HOST:PORT` of this process. */
  readonly listening: string;
  readonly turns: TurnKeeping;
  /** Text of `/metrics`, of all processes. */
  figures(): Promise<string>;
  served(request: ServedRequest): void;
}

export interface Ended {
  /** The signal or the exit status. */
  readonly by: string;
  /** That it had not taken. */
  readonly connections: readonly net.Socket[];
}

export interface Ready {
  readonly address: string;
  readonly anonymous: Anonymous;
}

/** A process that does not say what it counted for so long is busy; the others are told without it. */
const COUNT_MILLISECONDS = 1_000;
/** So long what a process said before it ended takes to arrive. */
const LAST_WORDS_MILLISECONDS = 100;
/** Longer than requests are waited for. */
const EXIT_MILLISECONDS = 15_000;

// The sources run as they are in development and compiled in the package.
const WORKER = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url));

export class Member {
  readonly ready: Promise<Ready>;
  /** Resolves when the process has ended, however. */
  readonly ended: Promise<Ended>;
  /** Under which it notes what it is about to change. */
  owner: string | undefined;
  readonly #process: ChildProcess;
  readonly #options: MemberOptions;
  readonly #claims = new Map<number, { readonly id: string; readonly claim: Claim }>();
  readonly #counts = new Map<number, (figures: Figures) => void>();
  /** Connections that it has not said to have taken. */
  readonly #handedOver = new Map<number, net.Socket>();
  #questions = 0;

  constructor(options: MemberOptions) {
    this.#options = options;
    this.#process = fork(WORKER, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const { promise: ready, resolve, reject } = Promise.withResolvers<Ready>();
    this.ready = ready;
    ready.catch(() => {});
    const disconnected = once(this.#process, 'disconnect');
    this.ended = once(this.#process, 'exit').then(async ([code, signal]) => {
      // Behind the last that it said. With a connection on its way to it, Node never tells that it is gone.
      await Promise.race([disconnected, sleep(LAST_WORDS_MILLISECONDS)]);
      const by = String(signal ?? code);
      reject(new Error(`a process of the hub ended with ${by}`));
      for (const { id, claim } of this.#claims.values()) options.turns.end(id, claim);
      return { by, connections: [...this.#handedOver.values()] };
    });
    this.#process.on('error', () => {}); // It has gone, which `ended` tells.
    this.#process.on('message', (message: ToPrimary) => {
      if (message.kind === 'ready') resolve(message);
      else if (message.kind === 'failed') reject(errorOf(message.failure));
      else this.#hear(message);
    });
    this.#tell({ kind: 'start', settings: options.settings, listening: options.listening });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Hands a connection over, from which nothing was read. */
  give(socket: net.Socket): void {
    this.#questions += 1;
    const connection = this.#questions;
    this.#handedOver.set(connection, socket);
    // Kept open here until it is taken: should the process end before, another one gets it.
    this.#process.send({ kind: 'connection', connection } satisfies ToWorker, socket, { keepOpen: true }, () => {});
  }

  /** What it has counted; undefined when it does not answer. */
  async count(): Promise<Figures | undefined> {
    this.#questions += 1;
    const question = this.#questions;
    const counted = new Promise<Figures>((resolve) => this.#counts.set(question, resolve));
    this.#tell({ kind: 'count', question });
    const figures = await Promise.race([counted, sleep(COUNT_MILLISECONDS, undefined, { ref: false })]);
    this.#counts.delete(question);
    return figures;
  }

  /** Has it take no new requests and end behind those under way. */
  async drain(): Promise<void> {
    this.#tell({ kind: 'drain' });
    const late = setTimeout(() => this.#process.kill('SIGKILL'), EXIT_MILLISECONDS);
    await this.ended;
    clearTimeout(late);
  }

  #hear(message: Exclude<ToPrimary, { kind: 'ready' | 'failed' }>): void {
    if (message.kind === 'opened') this.owner = message.owner;
    else if (message.kind === 'served') for (const request of message.requests) this.#options.served(request);
    else if (message.kind === 'taken') this.#taken(message.connection);
    else if (message.kind === 'ask') this.#ask(message.id, message.claim);
    else if (message.kind === 'end') this.#end(message.claim);
    else if (message.kind === 'counted') this.#counts.get(message.question)?.(message.figures);
    else void this.#answer(message.question);
  }

  #taken(connection: number): void {
    this.#handedOver.get(connection)?.destroy();
    this.#handedOver.delete(connection);
  }

  #ask(id: string, number: number): void {
    const claim: Claim = {
      granted: () => this.#tell({ kind: 'granted', claim: number }),
      pressed: () => this.#tell({ kind: 'pressed', claim: number }),
    };
    this.#claims.set(number, { id, claim });
    this.#options.turns.ask(id, claim);
  }

  #end(number: number): void {
    const known = this.#claims.get(number);
    this.#claims.delete(number);
    if (known !== undefined) this.#options.turns.end(known.id, known.claim);
  }

  async #answer(question: number): Promise<void> {
    this.#tell({ kind: 'figures', question, text: await this.#options.figures() });
  }

  #tell(message: ToWorker): void {
    // One that has ended hears nothing more; that it has is told by `ended`.
    if (this.#process.connected) this.#process.send(message, () => {});
  }
}

function errorOf(failure: Failure): Error {
  if ('bug' in failure) return new Error(`a process of the hub failed: ${failure.bug}`);
  return new WaybillError(failure.code, failure.message, failure.hint === undefined ? {} : { hint: failure.hint });
}
