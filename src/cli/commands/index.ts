import type { Command } from '../command.ts';

/**
 * Every verb, in the order of help. A new verb is a file here and a line below; it is loaded only
 * when it runs, so that starting costs the same however many there are.
 */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init.ts')).init as Command,
  pack: async () => (await import('./pack.ts')).pack as Command,
  inspect: async () => (await import('./inspect.ts')).inspect as Command,
  verify: async () => (await import('./verify.ts')).verify as Command,
  unpack: async () => (await import('./unpack.ts')).unpack as Command,
  diff: async () => (await import('./diff.ts')).diff as Command,
  compat: async () => (await import('./compat.ts')).compat as Command,
  host: async () => (await import('./host.ts')).host as Command,
  upgrade: async () => (await import('./upgrade.ts')).upgrade as Command,
  copy: async () => (await import('./copy.ts')).copy as Command,
  convert: async () => (await import('./convert.ts')).convert as Command,
  conformance: async () => (await import('./conformance.ts')).conformance as Command,
  push: async () => (await import('./push.ts')).push as Command,
  pull: async () => (await import('./pull.ts')).pull as Command,
  keygen: async () => (await import('./keygen.ts')).keygen as Command,
  login: async () => (await import('./login.ts')).login as Command,
  logout: async () => (await import('./logout.ts')).logout as Command,
  sign: async () => (await import('./sign.ts')).sign as Command,
  attest: async () => (await import('./attest.ts')).attest as Command,
  attestations: async () => (await import('./attestations.ts')).attestations as Command,
  list: async () => (await import('./list.ts')).list as Command,
  tag: async () => (await import('./tag.ts')).tag as Command,
  remove: async () => (await import('./remove.ts')).remove as Command,
  prune: async () => (await import('./prune.ts')).prune as Command,
  trust: async () => (await import('./trust.ts')).trust as Command,
  log: async () => (await import('./log.ts')).log as Command,
  hub: async () => (await import('./hub.ts')).hub as Command,
  completion: async () => (await import('./completion.ts')).completion as Command,
  help: async () => (await import('./help.ts')).help as Command,
};
