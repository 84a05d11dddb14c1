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

/**
 * Each file hashed, then sent to a registry in one request ("Pushing a blob monolithically" of the
 * distribution specification), through read and write calls, as every program does it that cannot
 * have the kernel send a file.
 * @param uploads where uploads begin: http://HOST/v2/NAME/blobs/uploads/
 * @param isCopied whether each file is copied first, as into a store
 */
export function curl(trial: Trial, sample: Sample, uploads: URL, isCopied = false): Contender {
  const send = over(
    sample,
    [
      'for file in %; do sum=$(openssl dgst -r -sha256 $file | cut -d" " -f1)',
      `at=$(curl -sSf -X POST -o upload -w "%header{location}" ${uploads})`,
      'curl -sSf -H Expect: -H "Content-Type: application/octet-stream" -T $file "$at&digest=sha256:$sum" || exit 1; done',
    ].join('; '),
  );
  const script = isCopied ? `${over(sample, 'cp % copies')} && ${send}` : send;
  const { command, ...around } = copying(trial, sample, ['sh', '-c', script], script);
  return { command: trial.withoutHost(command, uploads.host), ...around };
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
