/** Artifacts and cases from elsewhere, which lie beside the repository and are not part of it. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { repository } from './_run.ts';

/**
 * Defines tests over a folder of vectors. Where it is absent (a public clone) one test says so
 * loudly; on a build server that one fails.
 */
export function withVectors(name: string, define: (folder: string) => void): void {
  const folder = path.resolve(repository, process.env['WAYBILL_VECTORS'] ?? '../shared/vectors', name);
  if (existsSync(folder)) {
    define(folder);
    return;
  }
  test(`the vectors ${name} are there, or this is no build server`, () => {
    const absent = `${folder} is missing: nothing was tested against it (WAYBILL_VECTORS names another place)`;
    console.warn(absent);
    expect(process.env['CI'] ? absent : undefined).toBeUndefined();
  });
}
