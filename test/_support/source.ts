/** Model folders to be packed, as small as a test needs them. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { noCache } from '../../src/model/digest-cache.ts';
import { type Packed, pack } from '../../src/model/pack.ts';
import { readSource } from '../../src/model/source/read.ts';
import { openLayout } from '../../src/oci/layout/layout.ts';

export const WAYBILL_YAML = `waybill: 1
name: acme/model
version: 1.0.0
components:
  weights: ["weights/**"]
`;

/** A folder with these files and a waybill.yaml, which packs what lies under weights unless one is given. */
export function makeFolder(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [name, content] of Object.entries({ 'waybill.yaml': WAYBILL_YAML, ...files })) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
  return folder;
}

/** Packs a folder into the store, under a name. */
export async function packInto(store: string, folder: string, name = 'acme/model:1.0.0'): Promise<Packed> {
  await using layout = await openLayout(store, 'write');
  return await pack(readSource(folder), { store: layout, cache: noCache }, { name });
}

/** A named pipe, which blocks whoever opens it without care. */
export function makePipe(file: string): void {
  const { status, stderr } = spawnSync('mkfifo', [file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mkfifo: ${stderr}`);
}
