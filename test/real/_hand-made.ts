/** Artifacts made by hand, given to the command line: restored, or refused without a trace. */
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { type Cli, openCli } from './_cli.ts';
import { FILEPATH, type HandMadeLayer, writeModelLayout } from './_layouts.ts';
import type { Files } from './_packages.ts';
import { pathsOf } from './_trees.ts';

/** One raw layer for each file, named by the filepath annotation alone, as modctl does. */
export function rawLayers(files: Files): readonly HandMadeLayer[] {
  return Object.entries(files).map(([file, content]) => ({
    mediaType: 'application/vnd.cncf.model.doc.v1.raw',
    content,
    annotations: { [FILEPATH]: file },
  }));
}

/** A place for such artifacts and for what is restored of them. */
export interface Workshop {
  readonly cli: Cli;
  /** A layout made of these layers. @returns a reference to it */
  layoutOf(layers: readonly HandMadeLayer[]): string;
  /** The folder into which it was restored. */
  unpacked(reference: string): string;
  /** Verified and unpacked it is a "no", and no file is written anywhere. */
  expectRefused(reference: string): void;
}

export function openWorkshop(place: string): Workshop {
  const cli = openCli(place);
  let count = 0;
  const next = (what: string) => path.join(place, `${what}-${++count}`);
  const written = () => pathsOf(place).filter((file) => !file.startsWith('layout-'));
  return {
    cli,
    layoutOf(layers) {
      const layout = next('layout');
      writeModelLayout(layout, layers);
      return `oci:${layout}`;
    },
    unpacked(reference) {
      const folder = next('files');
      cli.run('unpack', reference, folder);
      return folder;
    },
    expectRefused(reference) {
      const target = next('refused');
      const before = written();
      expect(cli.attempt('verify', reference).status).toBe(1);
      expect(cli.attempt('unpack', reference, target).status).toBe(1);
      expect(fs.existsSync(target)).toBe(false);
      expect(written()).toEqual(before);
    },
  };
}
