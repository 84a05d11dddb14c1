/** Finds out what a file is by what is in it, then by its name; when the two disagree, that is told. */
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { formats } from '../formats/index.ts';
import type { ByteSource } from './byte-source.ts';
import { type Format, HEAD_SIZE, invalid, type ModelFile } from './format.ts';
import type { Look, Opaque } from './opaque/opaque.ts';
import { opaqueFormats } from './opaque/opaque-formats.ts';
import { readDirectory } from './zip/directory.ts';

export interface Identity {
  /** One of the two. */
  readonly format?: Format;
  readonly opaque?: Opaque;
  readonly findings: readonly Finding[];
}

export interface Identified extends ModelFile {
  readonly format: Format;
  readonly findings: readonly Finding[];
}

/**
 * Reads a model file, whatever its format.
 * @throws WaybillError UNSUPPORTED for a format that is not read; FORMAT_INVALID, LIMIT_EXCEEDED, FILE_UNREADABLE
 */
export async function readModelFile(source: ByteSource): Promise<Identified> {
  const { format, opaque, findings } = await identify(source);
  if (format === undefined) {
    const { title, why } = opaque ?? {};
    const named = formatByName(source.name);
    if (named !== undefined) throw invalid(source, named.title, `it is ${title}, and ${why}`);
    throw new WaybillError('UNSUPPORTED', `Cannot read ${source.name}: it is ${title}, and ${why}`);
  }
  const read = await format.read(source);
  return { ...read, format, findings: [...findings, ...(read.findings ?? [])] };
}

/**
 * Tells the format of a file. What the content says comes first; a container may be what its name says.
 * @throws WaybillError UNSUPPORTED for a file of no known format; FILE_UNREADABLE
 */
export async function identify(source: ByteSource): Promise<Identity> {
  const extension = path.extname(source.name).toLowerCase();
  const head = Buffer.from(await source.read(0, Math.min(HEAD_SIZE, source.size)));
  const readable = formats.find((format) => format.detects(head, source.size));
  if (readable !== undefined) return { format: readable, findings: disagreement(source, readable) };
  const look = { head, name: path.basename(source.name).toLowerCase(), members: await membersOf(source, head) };
  const found = opaqueFormats.find((opaque) => opaque.detects?.(look));
  if (found !== undefined && found.isGeneric !== true) return { opaque: found, findings: disagreement(source, found) };
  const byName = formatByName(source.name);
  // It will be refused with the reason.
  if (byName !== undefined) return { format: byName, findings: [] };
  if (found !== undefined) return { opaque: found, findings: disagreement(source, found) };
  const named =
    extension === '.bin' ? undefined : opaqueFormats.find((opaque) => opaque.extensions.includes(extension));
  if (named !== undefined && extension !== '')
    return { opaque: named, findings: named.detects === undefined ? [] : [notAsNamed(source, named.title)] };
  throw new WaybillError(
    'UNSUPPORTED',
    `Cannot read ${source.name}: it is none of the model files that are known (${formats.map(({ title }) => title).join(', ')})`,
  );
}

function formatByName(name: string): Format | undefined {
  const extension = path.extname(name).toLowerCase();
  return formats.find(({ extensions }) => extensions.includes(extension));
}

/** Names of the members of an archive; none where it is none, or its directory is damaged. */
async function membersOf(source: ByteSource, head: Buffer): Promise<Look['members']> {
  if (head.toString('latin1', 0, 2) !== 'PK') return [];
  const unreadable = (found: string) => new WaybillError('FORMAT_INVALID', found);
  try {
    const { members } = await readDirectory(source, { invalid: unreadable, tooLarge: unreadable });
    return members.map(({ name }) => name);
  } catch (error) {
    if (error instanceof WaybillError && error.code === 'FORMAT_INVALID') return [];
    throw error;
  }
}

function disagreement(source: ByteSource, { title, extensions }: Format | Opaque): readonly Finding[] {
  const extension = path.extname(source.name).toLowerCase();
  if (extension === '' || extensions.includes(extension)) return [];
  return [
    {
      rule: 'model-extension',
      level: 'warning',
      path: source.name,
      message: `it is ${title}, and its name says otherwise: other programs may not read it as that`,
    },
  ];
}

function notAsNamed(source: ByteSource, title: string): Finding {
  return {
    rule: 'model-extension',
    level: 'warning',
    path: source.name,
    message: `its name says that it is ${title}, and its content does not`,
  };
}
