import fs from 'node:fs';
import path from 'node:path';
import { readSmallFile, writeAtomically } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { MAX_WAYBILL_FILE_SIZE } from '../../model/waybill-file/parse.ts';
import { WAYBILL_FILE } from '../../model/waybill-file/schema.ts';
import { upgradeWaybillFile } from '../../model/waybill-file/upgrade.ts';
import { FILE_VERSION } from '../../model/waybill-file/versions.ts';
import { defineCommand } from '../command.ts';
import type { Output } from '../outputs/upgrade.ts';
import { formatFindings } from '../print/findings.ts';
import { safeText } from '../print/safe-text.ts';

export const upgrade = defineCommand<Output>({
  name: 'upgrade',
  summary: 'Bring a waybill.yaml to the present version of the file',
  description: [
    `Writes version ${FILE_VERSION}, takes away what is deprecated, and leaves every other byte as it is, comments included. Says what it changed, with the line.`,
    'Older files are read as they are: nothing has to be upgraded to be packed or restored. A file of a newer version is left alone.',
  ],
  arguments: [
    { name: 'FILE', description: 'a waybill.yaml, or its folder (default: the current one)', isOptional: true },
  ],
  options: { check: { description: 'Change nothing; exit status 1 if something would change' } },
  examples: [
    { command: 'waybill upgrade', comment: 'the file in the current folder' },
    { command: 'waybill upgrade ./digits --check', comment: 'for CI: is there something to do?' },
  ],
  output: async () => (await import('../outputs/upgrade.ts')).output,
  async run(_context, input) {
    const file = fileOf(input.positionals[0] ?? '.');
    const { from, text, changes, findings } = upgradeWaybillFile(readText(file), file);
    const isWritten = changes.length > 0 && !input.has('check');
    if (isWritten) replaceText(file, text);
    return {
      file,
      from,
      to: Math.max(from, FILE_VERSION),
      changes: changes.map(({ line, column, message }) => ({
        ...(line === undefined ? {} : { line }),
        ...(column === undefined ? {} : { column }),
        message,
      })),
      isWritten,
      findings: [...findings],
    };
  },
  print({ file, from, to, changes, isWritten, findings }, paint) {
    const name = paint.bold(safeText(file));
    const title =
      changes.length === 0
        ? `${paint.good('nothing to do')}  ${name} is of version ${from}`
        : isWritten
          ? `${paint.good('upgraded')} ${name} to version ${to}`
          : `${paint.warn('would upgrade')} ${name} to version ${to}`;
    const lines = changes.map(({ line, column, message }) => `  ${[line, column].join(':')}  ${safeText(message)}`);
    return [title, ...lines, ...(findings.length === 0 ? [] : ['', formatFindings(findings, paint)])].join('\n');
  },
  exitOf: ({ changes, isWritten }) => (changes.length > 0 && !isWritten ? 1 : 0),
});

function fileOf(subject: string): string {
  return fs.statSync(subject, { throwIfNoEntry: false })?.isDirectory() ? path.join(subject, WAYBILL_FILE) : subject;
}

/** In the place of the file that a link may lead to, with the rights that it had. */
function replaceText(file: string, text: string): void {
  const place = fs.realpathSync(file);
  writeAtomically(place, text, fs.statSync(place).mode & 0o777);
}

function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readSmallFile(file, MAX_WAYBILL_FILE_SIZE));
  } catch (error) {
    throw explainSystemError(`Cannot read ${file}`, error);
  }
}
