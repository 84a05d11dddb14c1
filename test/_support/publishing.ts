/** Publishers and gates that pack, sign and attest in a local store, and what others demand of them. */
import fs from 'node:fs';
import path from 'node:path';
import type { JsonValue } from '../../src/base/canonical-json.ts';
import { signPackage } from '../../src/model/signing/sign-package.ts';
import type { Descriptor } from '../../src/oci/descriptor.ts';
import { openLayout } from '../../src/oci/layout/layout.ts';
import { attach } from '../../src/trust/attestations/attach.ts';
import type { Signer } from '../../src/trust/keys/signer.ts';
import { makeFolder, packInto } from './source.ts';
import { signedBundle } from './statements.ts';
import { VSA } from './trust-cases.ts';
import { PACKAGE, type TestKey, trustYaml } from './trust-files.ts';
import { type Machine, storeOf } from './verbs.ts';

export interface Release {
  readonly name?: string;
  readonly version?: string;
  readonly weights?: string;
  /** Nobody where absent. */
  readonly signer?: Signer;
  readonly tag?: string;
}

/** Packs a small model, and signs it as its publisher. */
export async function release(
  machine: Machine,
  { name = 'acme/digits', version = '1.0.0', weights = `weights of ${version}`, signer, tag = version }: Release = {},
): Promise<Descriptor> {
  const folder = fs.mkdtempSync(path.join(machine.folder, 'model-'));
  const yaml = `waybill: 1\nname: ${name}\nversion: ${version}\ncomponents: { weights: ["weights/**"] }\n`;
  makeFolder(folder, { 'waybill.yaml': yaml, 'weights/model.bin': weights });
  const { manifest } = await packInto(storeOf(machine), folder, `${name}:${tag}`);
  if (signer !== undefined) await signAsPublisher(machine, manifest, signer);
  return manifest;
}

export async function signAsPublisher(machine: Machine, target: Descriptor, signer: Signer): Promise<void> {
  await using store = await openLayout(storeOf(machine), 'write');
  await signPackage(store, target, { signer, now: new Date(machine.now ?? Date.now()) });
}

export interface Said {
  readonly type?: string;
  readonly predicate?: Readonly<Record<string, JsonValue>>;
  /** Another package than the one that it is attached to. */
  readonly about?: Descriptor;
}

/** Attaches a statement, a gate's PASSED unless something else is said; it may be about another package. */
export async function state(machine: Machine, target: Descriptor, signer: Signer, said: Said = {}): Promise<void> {
  const { type = VSA, predicate = {}, about = target } = said;
  const summary = {
    verifier: { id: 'https://gate.example' },
    timeVerified: new Date(machine.now ?? Date.now()).toISOString(),
    resourceUri: 'acme/digits',
    policy: { uri: 'https://gate.example/policy' },
    verificationResult: 'PASSED',
    verifiedLevels: [],
  };
  await using store = await openLayout(storeOf(machine), 'write');
  const bytes = await signedBundle(signer, about.digest, type, { ...(type === VSA ? summary : {}), ...predicate });
  await attach(store, target, bytes, type, new Date());
}

export const GATED: Readonly<Record<string, JsonValue>> = { role: 'gate', predicateType: VSA, result: 'PASSED' };

/** Writes a trust.yaml that asks for a publisher's statement and what else is given. @returns its path */
export function demand(
  machine: Machine,
  keys: Readonly<Record<string, TestKey>>,
  {
    require = [],
    members = {},
  }: { readonly require?: readonly Readonly<Record<string, JsonValue>>[]; readonly members?: object } = {},
): string {
  const all = [{ role: 'publisher', predicateType: PACKAGE }, ...require];
  const file = path.join(machine.folder, `trust-${fs.readdirSync(machine.folder).length}.yaml`);
  fs.writeFileSync(file, trustYaml(keys, { repositories: [{ match: 'acme/*', require: all }], ...members }));
  return file;
}
