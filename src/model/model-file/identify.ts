/** Finds out what a file is by what is in it, then by its name; when the two disagree, that is told. */
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { formats } from '../formats/index.ts';
import type { ByteSource } from './byte-source.ts';
import { type Format, HEAD_SIZE, type ModelFile } from './format.ts';

export interface Identified extends ModelFile {
  readonly format: Format;
  readonly findings: readonly Finding[];
}

/**
 * Reads a model file, whatever its format.
 * @throws WaybillError UNSUPPORTED for a format that is not read; FORMAT_INVALID, LIMIT_EXCEEDED, FILE_UNREADABLE
 */
export async function readModelFile(source: ByteSource): Promise<Identified> {
  const extension = path.extname(source.name).toLowerCase();
  const head = await source.read(0, Math.min(HEAD_SIZE, source.size));
  const byContent = formats.find((format) => format.detects(head, source.size));
  const byName = formats.find(({ extensions }) => (extensions as readonly string[]).includes(extension));
  const format = byContent ?? byName;
  if (format === undefined)
    throw new WaybillError(
      'UNSUPPORTED',
      `Cannot read ${source.name}: it is none of the model files that are known (${formats.map(({ title }) => title).join(', ')})`,
    );
  const findings: Finding[] = [];
  // By its name alone it will be refused with the reason.
  if (byContent !== undefined && extension !== '' && byName !== byContent)
    findings.push({
      rule: 'model-extension',
      level: 'warning',
      path: source.name,
      message: `it is ${byContent.title}, and its name says otherwise: other programs may not read it as that`,
    });
  const read = await format.read(source);
  return { ...read, format, findings: [...findings, ...(read.findings ?? [])] };
}
