/** Reads waybill.yaml. */
import { type ReadFile, readYaml } from '../../base/yaml/read.ts';
import { findingsOfAge } from './age.ts';
import { WAYBILL_FILE, WaybillFile } from './schema.ts';
import { FILE_VERSION } from './versions.ts';

/** A hundred components with a thousand patterns are some 50 KiB. */
export const MAX_WAYBILL_FILE_SIZE: number = 1024 * 1024;

export type ParsedWaybillFile = ReadFile<WaybillFile>;

/**
 * @param name how the reader knows the file
 * @throws WaybillError WAYBILL_FILE_INVALID with every problem; UNSUPPORTED for a newer major version
 */
export function parseWaybillFile(text: string, name: string = WAYBILL_FILE): ParsedWaybillFile {
  const read = readYaml(text, {
    name,
    schema: WaybillFile,
    versionKey: 'waybill',
    version: FILE_VERSION,
    code: 'WAYBILL_FILE_INVALID',
    maxSize: MAX_WAYBILL_FILE_SIZE,
  });
  return { ...read, findings: [...read.findings, ...findingsOfAge(read.file, name, read.problemAt)] };
}
