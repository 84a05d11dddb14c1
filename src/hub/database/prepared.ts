/**
 * Queries that are compiled once. To build one and compile it takes longer than to run it: what every
 * request asks is prepared.
 */
import type { Compilable, CompiledQuery } from 'kysely';
import type { Reader } from './database.ts';

interface Known {
  readonly query: CompiledQuery;
  /** For each placeholder, which parameter it stands for. */
  readonly order: readonly number[];
}

/** Runs the prepared query. */
export type Prepared<Parameters extends readonly string[], Row> = (
  reader: Reader,
  ...parameters: Parameters
) => Promise<readonly Row[]>;

/** @param build makes the query; it sees stand-ins, and must not look at them */
export function prepare<Parameters extends readonly string[], Row>(
  build: (reader: Reader, ...parameters: Parameters) => Compilable<Row>,
): Prepared<Parameters, Row> {
  // For each kind of database its own text.
  const known = new Map<unknown, Known>();
  return async (reader, ...parameters) => {
    const kind = reader.getExecutor().adapter.constructor;
    let prepared = known.get(kind);
    if (prepared === undefined) {
      const standIns = parameters.map((_, index) => `\u0000${index}`);
      const query = build(reader, ...(standIns as unknown as Parameters)).compile();
      prepared = { query, order: query.parameters.map((value) => standIns.indexOf(String(value))) };
      if (prepared.order.includes(-1)) throw new TypeError(`a prepared query has a value of its own: ${query.sql}`);
      known.set(kind, prepared);
    }
    const values = prepared.order.map((index) => parameters[index]);
    return (await reader.executeQuery<Row>({ ...prepared.query, parameters: values } as CompiledQuery<Row>)).rows;
  };
}
