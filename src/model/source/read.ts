/** A folder with a waybill.yaml, ready to be packed or compared: what is in it and what is packed. */
import fs from 'node:fs';
import path from 'node:path';
import { type Problem, systemCode, WaybillError } from '../../base/errors.ts';
import { type FileIdentity, identityOf } from '../../base/file-identity.ts';
import type { Finding } from '../../base/finding.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { MAX_WAYBILL_FILE_SIZE, type ParsedWaybillFile, parseWaybillFile } from '../waybill-file/parse.ts';
import { filesNamedIn, WAYBILL_FILE, type WaybillFile } from '../waybill-file/schema.ts';
import { checkNames } from './check-names.ts';
import { type SelectedFile, selectFiles } from './select.ts';
import { walkFolder } from './walk.ts';

export interface Source {
  readonly folder: string;
  readonly file: WaybillFile;
  /** What is packed, sorted by path bytes, waybill.yaml included. */
  readonly files: readonly SelectedFile[];
  /** Paths that no component names. */
  readonly unlisted: readonly string[];
  readonly findings: readonly Finding[];
  /** The problem of a value of waybill.yaml, with its place in the text. */
  problemAt(at: readonly (string | number)[], message: string): Problem;
}

/**
 * Reads waybill.yaml and looks at the files beside it; no other file is opened.
 * @throws WaybillError WAYBILL_FILE_INVALID, PATH_INVALID, FILE_UNREADABLE
 */
export function readSource(folder: string): Source {
  const { text, identity } = readWaybillFile(folder);
  const parsed = parseWaybillFile(text);
  const all = walkFolder(folder);
  const { files, unlisted } = selectFiles(all, parsed);
  // The layer must be the text that was understood: hold its reader to the state that was read.
  const held = files.map((file) => (file.path === WAYBILL_FILE ? { ...file, identity } : file));
  const windows = checkNames(held);
  const unpacked = checkNamedFiles(parsed, new Set(held.map(({ path }) => path)), new Set(all.map(({ path }) => path)));
  return {
    folder,
    file: parsed.file,
    files: held,
    unlisted,
    findings: [...parsed.findings, ...windows, ...unpacked],
    problemAt: parsed.problemAt,
  };
}

function readWaybillFile(folder: string): { text: string; identity: FileIdentity } {
  const file = path.join(folder, WAYBILL_FILE);
  try {
    // O_NONBLOCK: a pipe of this name must not hold us for ever.
    const descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
    try {
      const stats = fs.fstatSync(descriptor, { bigint: true });
      if (!stats.isFile()) throw new WaybillError('FILE_UNREADABLE', `Cannot read ${file}: it is not a regular file`);
      if (stats.size > BigInt(MAX_WAYBILL_FILE_SIZE)) {
        throw new WaybillError(
          'LIMIT_EXCEEDED',
          `Cannot read ${file}: it has ${stats.size} bytes, the limit is ${MAX_WAYBILL_FILE_SIZE}`,
        );
      }
      const text = new TextDecoder('utf-8', { fatal: true }).decode(fs.readFileSync(descriptor));
      return { text, identity: identityOf(stats) };
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT' && !fs.existsSync(folder)) {
      throw new WaybillError('FILE_UNREADABLE', `Cannot pack ${folder}: there is no such folder`, { cause: error });
    }
    if (systemCode(error) === 'ENOENT') {
      throw new WaybillError('WAYBILL_FILE_INVALID', `Cannot pack ${folder}: it has no ${WAYBILL_FILE}`, {
        hint: `waybill init ${folder} looks at the folder and writes one`,
        cause: error,
      });
    }
    if (systemCode(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      throw new WaybillError('WAYBILL_FILE_INVALID', `Cannot read ${file}: it is not valid UTF-8`, { cause: error });
    }
    throw explainSystemError(`Cannot read ${file}`, error);
  }
}

/** Files that sections name must exist; that they are not packed is worth a word. */
function checkNamedFiles(
  parsed: ParsedWaybillFile,
  packed: ReadonlySet<string>,
  existing: ReadonlySet<string>,
): readonly Finding[] {
  const named = filesNamedIn(parsed.file);
  const missing = named.filter(({ path }) => !existing.has(path));
  if (missing.length > 0) {
    throw new WaybillError('WAYBILL_FILE_INVALID', `Cannot pack: ${WAYBILL_FILE} names files that do not exist`, {
      problems: missing.map(({ path, at }) => parsed.problemAt(at, `there is no file ${JSON.stringify(path)}`)),
    });
  }
  return named
    .filter(({ path }) => !packed.has(path))
    .map(({ path, at }) => ({
      rule: 'named-not-packed',
      level: 'warning',
      path,
      message: `${at.join('.')} names it, but no component packs it`,
    }));
}
