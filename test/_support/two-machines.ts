/** A publisher's machine, a registry, and somebody who pulls from it and believes a policy. */
import fs from 'node:fs';
import { startRegistry, type TestRegistry } from '../_registry/server.ts';
import { makeScratch, type Scratch } from './scratch.ts';
import { type Machine, runVerb, type VerbResult } from './verbs.ts';

export interface Meeting extends AsyncDisposable {
  readonly scratch: Scratch;
  readonly registry: TestRegistry;
  readonly publisher: Machine;
  readonly reader: Machine;
  /** Another who has seen nothing yet. */
  newMachine(name: string): Machine;
  /** Sends a name from the publisher's store to the registry, under that name or another. */
  push(from: string, to?: string): Promise<void>;
  pull(name: string, ...words: readonly string[]): Promise<VerbResult>;
}

export async function meet(): Promise<Meeting> {
  const scratch = makeScratch();
  const registry = await startRegistry();
  const newMachine = (name: string): Machine => {
    fs.mkdirSync(scratch.at(name));
    return { folder: scratch.at(name) };
  };
  const [publisher, reader] = [newMachine('publisher'), newMachine('reader')];
  return {
    scratch,
    registry,
    publisher,
    reader,
    newMachine,
    async push(from, to = from) {
      const { error } = await runVerb(['push', from, `${registry.host}/${to}`], publisher);
      if (error !== undefined) throw error;
    },
    pull: (name, ...words) => runVerb(['pull', `${registry.host}/${name}`, ...words], reader),
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      scratch[Symbol.dispose]();
    },
  };
}
