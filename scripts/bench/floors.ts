/** What the same bytes cost the system's own programs: the floors that the cases are held against. */
import path from 'node:path';
import type { Contender } from './compete.ts';
import type { Sample } from './samples.ts';
import type { Trial } from './trial.ts';

/** SHA-256 of each file. */
export function openssl(trial: Trial, sample: Sample): Contender {
  return {
    command: trial.command(
      ['openssl', 'dgst', '-sha256', ...namesIn(trial, sample)],
      over(sample, 'openssl dgst -sha256 %'),
    ),
  };
}

/** A copy of each file. */
export function cp(trial: Trial, sample: Sample): Contender {
  return copying(trial, sample, ['cp', ...namesIn(trial, sample), 'copies'], over(sample, 'cp % copies'));
}

/**
 * A copy through read and write calls, synced. `cp` asks the kernel to copy, which is the slower
 * way on some kernels; what a program can do at best is the cheaper of the two.
 */
export function dd(trial: Trial, sample: Sample): Contender {
  const loop = over(
    sample,
    'for file in %; do dd if=$file of=copies/$(basename $file) bs=512k conv=fsync status=none; done',
  );
  return copying(trial, sample, ['sh', '-c', loop], loop);
}

function copying(trial: Trial, sample: Sample, argv: readonly string[], text: string): Contender {
  return {
    command: trial.command(argv, text),
    before: () => {
      trial.empty('copies');
      trial.warmMemory(sample.size);
    },
    after: () => trial.remove('copies'),
  };
}

function over({ folder }: Sample, text: string): string {
  return text.replace('%', `${path.basename(folder)}/*.safetensors`);
}

function namesIn({ folder }: Trial, { files }: Sample): readonly string[] {
  return files.map((file) => path.relative(folder, file));
}
