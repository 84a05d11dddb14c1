/** A package with a known digest, for whoever packs it under other circumstances. */
import path from 'node:path';
import { type Cli, openCli, type PackedJson } from './_cli.ts';
import { type Files, numbered, waybillFile, writePackage } from './_packages.ts';
import type { RunOptions } from './_run.ts';

/** Changes only with the format: then every package in the world gets a new digest. */
export const GOLDEN = 'sha256:e885c808cd8072817ef0ae75c7b63d5b0b1852173d9365844ee885084cc8010c';

export const goldenFiles: Files = {
  'weights/model.bin': Buffer.concat([Buffer.alloc(1024 * 1024), Buffer.from('the end')]),
  'weights/copy.bin': Buffer.concat([Buffer.alloc(1024 * 1024), Buffer.from('the end')]),
  'config.json': '{}\n',
  'README.md': '# golden\n',
  'empty.txt': '',
  'inference/run.sh': '#!/bin/sh\nexit 0\n',
  'inference/größe.py': 'print("ü")\n',
  'inference/I.py': 'print("ı")\n',
  ...numbered(70, (n) => [`inference/parts/${n}.py`, `print(${n})\n`]),
  'data/ä.csv': 'a\n',
  'data/z.csv': 'z\n',
  'data/Z_.csv': 'Z\n',
};
const goldenText = waybillFile('acme/golden', '1.0.0', {
  weights: ['weights/**'],
  config: ['config.json'],
  code: ['inference/**'],
  docs: ['README.md', 'empty.txt'],
  data: ['data/**'],
});

/** Writes the package; in the order of `files`, which may be another. */
export function writeGolden(folder: string, files: Files = goldenFiles): void {
  writePackage(folder, files, goldenText);
}

let users = 0;

/** A command line with a new store and an empty cache, under this folder. */
export function freshCli(place: string, options: RunOptions = {}): Cli {
  return openCli(path.join(place, `user-${++users}`), options);
}

/** The digest that a new user of this place gets for the folder. */
export function packedDigest(place: string, folder: string, options: RunOptions = {}, ...words: string[]): string {
  return freshCli(place, options).json<PackedJson>('pack', folder, '--strict', ...words).digest;
}
