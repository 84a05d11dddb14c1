/** Python programs of other people: the readers that ours are compared with, at the versions of requirements.lock. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { repository, run, tool } from './_run.ts';
import { cacheFolder } from './_tools.ts';

/** The Python that has the reference readers (numpy, safetensors, gguf, onnx, packaging, …): requirements.in. */
export function referencePython(): string {
  return installLocked('reference', path.join(repository, 'test', 'real', 'requirements.lock'));
}

/**
 * A virtual environment with exactly what the lock names, kept for the next run.
 * @returns its Python, the only program in it that still works after the folder was moved
 */
export function installLocked(name: string, lock: string): string {
  const { stdout: version } = tool('python3', ['-c', 'import sys; print(sys.version, sys.prefix)']);
  const key = createHash('sha256').update(fs.readFileSync(lock)).update(version).digest('hex').slice(0, 16);
  const environment = path.join(cacheFolder, `venv-${name}-${key}`);
  const pythonIn = (place: string) => path.join(place, 'bin', 'python3');
  if (fs.existsSync(environment)) return pythonIn(environment);
  fs.mkdirSync(cacheFolder, { recursive: true });
  const building = fs.mkdtempSync(path.join(cacheFolder, '.building-'));
  try {
    tool('python3', ['-m', 'venv', building]);
    run(pythonIn(building), ['-m', 'pip', 'install', '--quiet', '--require-hashes', '-r', lock]);
    if (!fs.existsSync(environment)) fs.renameSync(building, environment);
  } finally {
    fs.rmSync(building, { recursive: true, force: true });
  }
  return pythonIn(environment);
}
