/**
 * Serves a hub by several processes, for several cores. They share the folder, the database and one
 * listening socket; this one hands connections out, decides whose turn an upload is, collects garbage,
 * and puts another process in the place of one that ended.
 */
import net from 'node:net';
import { WaybillError } from '../../base/errors.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Settings } from '../configuration/settings.ts';
import { formatFigures } from '../http/figures.ts';
import type { Figures } from '../http/metrics.ts';
import { listenOn, type ServedRequest } from '../http/server.ts';
import { TurnKeeper } from '../registry/upload-turns.ts';
import type { Serving } from '../serving.ts';
import { Member, type MemberOptions } from './member.ts';

export interface Replaced {
  readonly pid: number | undefined;
  /** How it ended: a signal, or an exit status. */
  readonly by: string;
  /** Why what it left could not be changed back. */
  readonly failure?: unknown;
}

export interface SeveralServing extends Omit<Serving, 'take'> {
  /** Rejects when processes end again and again. */
  readonly broken: Promise<never>;
}

export interface ProcessesOptions {
  readonly settings: Settings;
  readonly count: number;
  /** Milliseconds that only grow. */
  now(): number;
  /** What this process has counted. */
  own(): Figures;
  /** Changes back what a process has left that ended by force. @param owner under which it noted that */
  left(owner: string): Promise<void>;
  served(request: ServedRequest): void;
  replaced?(replaced: Replaced): void;
}

/** That are accepted and that no process has taken: each holds a descriptor, and a process starts in a second. */
const MAX_WAITING = 4_000;
const REPLACE_WINDOW_MILLISECONDS = 60_000;
/** In a window: more is no accident, and starting again and again would hide what is wrong. */
const MAX_REPLACED = 10;

/** @throws WaybillError what the first of them throws that cannot start; FILE_UNREADABLE when the address is taken */
export async function startProcesses(options: ProcessesOptions): Promise<SeveralServing> {
  const { listen } = options.settings;
  // Nothing is read here: whoever gets the connection does.
  const server = net.createServer({ pauseOnConnect: true });
  server.maxConnections = MAX_WAITING;
  try {
    const processes = new Processes(options, server, await listenOn(server, listen));
    return await processes.start();
  } catch (error) {
    server.close();
    throw explainSystemError(`Cannot listen on ${listen.host}:${listen.port}`, error);
  }
}

class Processes {
  readonly #options: ProcessesOptions;
  readonly #server: net.Server;
  readonly #listening: string;
  /** Those that serve; the one whose turn it is comes first. */
  #ready: Member[] = [];
  readonly #members = new Set<Member>();
  /** Connections that nobody can take now. */
  #waiting: net.Socket[] = [];
  readonly #turns = new TurnKeeper();
  readonly #broken = Promise.withResolvers<never>();
  #replaced: number[] = [];
  #isDraining = false;

  constructor(options: ProcessesOptions, server: net.Server, listening: string) {
    this.#options = options;
    this.#server = server;
    this.#listening = listening;
    server.on('connection', (socket) => this.#handOut(socket));
    this.#broken.promise.catch(() => {});
  }

  async start(): Promise<SeveralServing> {
    const members = Array.from({ length: this.#options.count }, () => this.#add());
    try {
      const [first] = await Promise.all(members.map(({ ready }) => ready));
      if (first === undefined) throw new TypeError('a hub of no process');
      for (const member of members) void this.#watch(member);
      return {
        address: first.address,
        anonymous: first.anonymous,
        broken: this.#broken.promise,
        drain: () => this.#drain(),
      };
    } catch (error) {
      await this.#drain();
      throw error;
    }
  }

  #add(): Member {
    const { settings, served } = this.#options;
    const shared: MemberOptions = {
      settings,
      served,
      listening: this.#listening,
      turns: this.#turns,
      figures: () => this.#figures(),
    };
    const member = new Member(shared);
    this.#members.add(member);
    void member.ready.then(() => this.#enter(member)).catch(() => {}); // Whoever waits for it is told.
    void member.ended.then(({ connections }) => this.#leave(member, connections));
    return member;
  }

  #enter(member: Member): void {
    this.#ready.push(member);
    for (const socket of this.#waiting.splice(0)) this.#handOut(socket);
  }

  #leave(member: Member, connections: readonly net.Socket[]): void {
    this.#members.delete(member);
    this.#ready = this.#ready.filter((other) => other !== member);
    for (const socket of connections) this.#handOut(socket);
  }

  /** Round robin: what a burst of connections asks for is work for all. */
  #handOut(socket: net.Socket): void {
    socket.on('error', () => {}); // The client has gone.
    const member = this.#ready.shift();
    if (member === undefined) {
      // While the hub ends nobody will come who could take it, and it would keep this process from ending.
      if (this.#isDraining) socket.destroy();
      else this.#waiting.push(socket);
      return;
    }
    this.#ready.push(member);
    member.give(socket);
  }

  async #figures(): Promise<string> {
    const counted = await Promise.all([...this.#members].map((member) => member.count()));
    return formatFigures([this.#options.own(), ...counted.filter((figures) => figures !== undefined)]);
  }

  /** Puts another one in its place when it ends by itself. */
  async #watch(member: Member): Promise<void> {
    const { by } = await member.ended;
    const failure = await this.#changeBack(member);
    if (this.#isDraining) return;
    const { now, replaced } = this.#options;
    this.#replaced = [...this.#replaced.filter((time) => now() - time < REPLACE_WINDOW_MILLISECONDS), now()];
    if (this.#replaced.length > MAX_REPLACED) {
      this.#broken.reject(
        new WaybillError(
          'STORE_UNAVAILABLE',
          `Cannot go on: ${this.#replaced.length} processes of the hub ended by themselves within a minute, the last with ${by}`,
          { hint: 'Look at what they said before; waybill hub fsck looks at what the hub keeps' },
        ),
      );
      return;
    }
    replaced?.({ pid: member.pid, by, ...(failure === undefined ? {} : { failure }) });
    void this.#watch(this.#add());
  }

  async #changeBack({ owner }: Member): Promise<unknown> {
    if (owner === undefined) return undefined;
    try {
      await this.#options.left(owner);
      return undefined;
    } catch (failure) {
      return failure;
    }
  }

  async #drain(): Promise<void> {
    this.#isDraining = true;
    this.#server.close();
    for (const socket of this.#waiting.splice(0)) socket.destroy();
    await Promise.all([...this.#members].map((member) => member.drain()));
  }
}
