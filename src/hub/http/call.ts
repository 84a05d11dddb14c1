/** One request and its answer, as routes see them. */
import type { Readable } from 'node:stream';
import type { Registry } from '../registry/registry.ts';
import type { Body } from './body.ts';

export interface Call {
  readonly method: string;
  readonly url: URL;
  /** The parts of the path that the route's pattern names. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly registry: Registry;
  readonly body: Body;
  header(name: string): string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent; the length is in `content-length` where it is a stream. */
  readonly body?: Buffer | string | Readable;
}

export interface Route {
  /** What the route is called in logs and metrics. */
  readonly id: string;
  /** Matched against the whole path. */
  readonly pattern: RegExp;
  readonly methods: Readonly<
    Partial<Record<'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', (call: Call) => Promise<Answer>>>
  >;
}
