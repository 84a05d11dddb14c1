/** One request and its answer, as routes see them. */
import type { Access, Identity } from '../access/access.ts';
import type { Action } from '../access/actions.ts';
import type { Registry } from '../registry/registry.ts';
import type { TagMove } from '../registry/repository.ts';
import type { Body } from './body.ts';
import type { FilePart } from './send-file.ts';

export interface Call {
  readonly method: string;
  readonly url: URL;
  /** The parts of the path that the route's pattern names. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly registry: Registry;
  readonly body: Body;
  /** Who asks. What the route needs of him has been checked. */
  readonly identity: Identity;
  readonly access: Access;
  /** What the hub counts, as text. */
  figures(): Promise<string>;
  /** The hub as the client reaches it: `https://hub.example`. */
  readonly origin: string;
  /** Where the request comes from. */
  readonly address: string;
  header(name: string): string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent; the length is in `content-length` where it is a file. */
  readonly body?: Buffer | string | FilePart;
  /** Tags that point elsewhere than before, for the log. */
  readonly moved?: readonly TagMove[];
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Route {
  /** What the route is called in logs and metrics. */
  readonly id: string;
  /** Matched against the whole path. */
  readonly pattern: RegExp;
  /** What somebody must be allowed to do with the repository `name` of the path, by method. */
  readonly needs: 'nothing' | Readonly<Partial<Record<Method, Action>>>;
  readonly methods: Readonly<Partial<Record<Method, (call: Call) => Promise<Answer>>>>;
}
