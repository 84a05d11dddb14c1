/** Other packagers, where they are installed: how each packs and unpacks the shards. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Command } from './measure.ts';
import type { Trial } from './trial.ts';

export interface Peer {
  /** With its version. */
  readonly name: string;
  readonly pack: Command;
  readonly unpack: Command;
  /** Folder, relative to the trial, in which it stores. */
  readonly store: string;
  /** Puts what it needs beside the files. */
  prepare(): void;
  /** Takes that away, with all that it stored. */
  forget(): void;
}

interface Recipe {
  /** Words for a shell in the trial's folder. */
  readonly pack: string;
  readonly unpack: string;
  /** The file that says what to pack, if the peer wants one. */
  readonly list?: { readonly name: string; readonly text: string };
}

const STORE = 'peer';
const MODCTL = 'modctl --storage-dir peer --log-dir peer/logs --no-progress';
const PARTS = [2, 3, 4].map((number) => `{ path: model-0000${number}-of-00004.safetensors }`).join(', ');

const recipes: Readonly<Record<string, Recipe>> = {
  oras: {
    pack: 'cd shards && oras push --oci-layout ../peer:v1 --artifact-type application/vnd.bench.v1 *.safetensors',
    unpack: 'oras pull --oci-layout peer:v1 --output restored',
  },
  kit: {
    pack: 'kit pack shards --tag bench:v1',
    unpack: 'kit unpack bench:v1 --dir restored',
    list: {
      name: 'Kitfile',
      text: `manifestVersion: 1.0.0\npackage: { name: bench }\nmodel: { path: model-00001-of-00004.safetensors, parts: [${PARTS}] }\n`,
    },
  },
  modctl: {
    pack: `${MODCTL} build --target bench.local/bench:v1 --modelfile shards/Modelfile shards`,
    unpack: `${MODCTL} extract bench.local/bench:v1 --output restored`,
    list: { name: 'Modelfile', text: 'NAME bench\nMODEL *.safetensors\n' },
  },
};

/** The peers that this machine has. */
export function findPeers(trial: Trial): readonly Peer[] {
  return Object.entries(recipes).flatMap(([name, { pack, unpack, list }]): Peer[] => {
    const tool = findTool(name);
    if (tool === undefined) return [];
    const { folder, version } = tool;
    const environment = { PATH: `${folder}${path.delimiter}${process.env['PATH']}`, KITOPS_HOME: trial.at(STORE) };
    const command = (text: string) => trial.command(['sh', '-c', text], text, environment);
    return [
      {
        name: version === undefined ? name : `${name} ${version}`,
        pack: command(pack),
        unpack: command(unpack),
        store: STORE,
        prepare: () => list && fs.writeFileSync(trial.at(`shards/${list.name}`), list.text),
        forget: () => trial.remove(STORE, ...(list === undefined ? [] : [`shards/${list.name}`])),
      },
    ];
  });
}

/** The folder of a program of others, and its version where that is known; undefined where there is none. */
export function findTool(name: string): { readonly folder: string; readonly version: string | undefined } | undefined {
  const folder = folderOf(name);
  return folder === undefined ? undefined : { folder, version: versionOf(name, folder) };
}

/** Where `npm run test:real` builds them, by name and version, or on PATH. */
function folderOf(name: string): string | undefined {
  const { PATH = '', XDG_CACHE_HOME = path.join(homedir(), '.cache') } = process.env;
  const built = path.join(XDG_CACHE_HOME, 'waybill-test');
  const folders = fs.existsSync(built) ? fs.readdirSync(built).filter((folder) => folder.startsWith(`${name}-v`)) : [];
  return [...folders.map((folder) => path.join(built, folder)), ...PATH.split(path.delimiter)].find((folder) =>
    fs.existsSync(path.join(folder, name)),
  );
}

/** From the folder where the version is pinned; a program built from source may not know its own. */
function versionOf(name: string, folder: string): string | undefined {
  const [, pinned] = /-v(\d[^/]*)$/.exec(folder) ?? [];
  if (pinned !== undefined) return pinned;
  const { stdout } = spawnSync(path.join(folder, name), ['version'], { encoding: 'utf8' });
  return /\d+\.\d+\.\d+/.exec(stdout ?? '')?.[0];
}
