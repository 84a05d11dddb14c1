/** From a request to its answer: finds the route, asks who is there and whether he may, runs it. */
import type http from 'node:http';
import { WaybillError } from '../../base/errors.ts';
import type { Access } from '../access/access.ts';
import type { Registry } from '../registry/registry.ts';
import { bodyOf } from './body.ts';
import type { Answer, Call, Method, Route } from './call.ts';
import { challenge } from './challenge.ts';
import { answerFor, errorAnswer } from './errors.ts';
import type { Framing } from './framing.ts';
import type { Metrics } from './metrics.ts';
import { type Origins, originOf } from './origin.ts';

export interface Dispatcher {
  readonly registry: Registry;
  readonly access: Access;
  readonly metrics: Metrics;
  figures(): Promise<string>;
  readonly routes: readonly Route[];
  readonly origins: Origins;
  readonly framing: Framing;
}

export interface Dispatched {
  readonly answer: Answer;
  /** Id of the route, `none` if there is none. */
  readonly route: string;
  readonly user?: string;
  /** What the answer to a 500 does not say. */
  readonly failure?: unknown;
}

/** @param id of the request, for the answer to a failure */
export async function dispatch(hub: Dispatcher, request: http.IncomingMessage, id: string): Promise<Dispatched> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const found = findRoute(hub.routes, path);
  const route = found?.route.id ?? 'none';
  const seen: { user?: string } = {};
  try {
    const refusal = hub.framing.refusalOf(request);
    if (refusal !== undefined) return { route, answer: refusal };
    if (found === undefined)
      return {
        route,
        answer: errorAnswer(404, 'NAME_UNKNOWN', `There is nothing at ${JSON.stringify(path.slice(0, 200))}`),
      };
    return { route, answer: await run(hub, found, request, seen), ...seen };
  } catch (error) {
    const known = answerFor(error);
    if (known !== undefined) return { route, answer: known, ...seen };
    const answer = errorAnswer(500, 'UNKNOWN', `The hub failed; its log says why under ${id}`);
    return { route, answer, ...seen, failure: error };
  }
}

interface Found {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

function findRoute(routes: readonly Route[], path: string): Found | undefined {
  for (const route of routes) {
    const match = route.pattern.exec(path);
    if (match !== null) return { route, parameters: { ...match.groups } };
  }
  return undefined;
}

async function run(
  { registry, access, figures, origins }: Dispatcher,
  { route, parameters }: Found,
  request: http.IncomingMessage,
  seen: { user?: string },
): Promise<Answer> {
  const method = request.method as Method;
  const handle = Object.hasOwn(route.methods, method) ? route.methods[method] : undefined;
  if (handle === undefined) {
    const allow = Object.keys(route.methods).join(', ');
    return errorAnswer(405, 'UNSUPPORTED', `${request.method} is not done here`, { allow });
  }
  const origin = originOf(origins, request.headers.host);
  const address = request.socket.remoteAddress ?? '';
  const header = (name: string) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  try {
    const identity = await access.identify(route.id === 'token' ? undefined : header('authorization'), address);
    if (identity.user !== undefined) seen.user = identity.user;
    if (route.needs !== 'nothing') {
      const action = route.needs[method];
      if (action === undefined) throw new TypeError(`the route ${route.id} does not say what ${method} needs`);
      const repository = parameters['name'] ?? '';
      const decision = identity.decide(action, repository);
      const message = `Cannot ${action} ${JSON.stringify(repository.slice(0, 200))}`;
      if (decision === 'ask')
        return challenge(origin, { message: `${message}: log in first`, wanted: { action, repository } });
      if (decision === 'no') throw new WaybillError('DENIED', `${message}: ${identity.user} may not do that`);
    }
    return await handle({
      method,
      parameters,
      registry,
      access,
      figures,
      identity,
      origin,
      address,
      header,
      // Made when they are asked for: most requests need neither.
      get url() {
        return new URL(request.url ?? '/', 'http://hub');
      },
      get body() {
        return bodyOf(request);
      },
    } satisfies Call);
  } catch (error) {
    if (!(error instanceof WaybillError) || error.code !== 'UNAUTHORIZED') throw error;
    return challenge(origin, { message: error.message, isBasic: route.id === 'token' });
  }
}
