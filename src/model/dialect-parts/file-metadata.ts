/** The annotation with a file's mode and size: ModelPack, specs-go/v1/annotations.go, FileMetadata. */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import { asObject } from '../../oci/descriptor.ts';

const FIELDS = ['name', 'mode', 'uid', 'gid', 'size', 'mtime', 'typeflag'];

export interface MetadataQuestion {
  readonly text: string | undefined;
  /** The file, for messages. */
  readonly path: string;
  /** Bytes of the layer, if it is the file as it is. */
  readonly size: number | undefined;
}

/** @returns whether the file is executable, and what is wrong with the annotation */
export function readFileMetadata({ text, path, size }: MetadataQuestion): {
  readonly isExecutable: boolean;
  readonly findings: readonly Finding[];
} {
  if (text === undefined) return { isExecutable: false, findings: [] };
  let metadata: Record<string, unknown>;
  try {
    const where = `file metadata of ${path}`;
    metadata = asObject(parseStrictJson(Buffer.from(text), where), where, FIELDS);
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    return {
      isExecutable: false,
      findings: [{ rule: 'file-metadata', level: 'error', path, message: error.message }],
    };
  }
  const findings: Finding[] = [];
  if (size !== undefined && metadata['size'] !== size) {
    const message = `The file metadata states ${String(metadata['size'])} bytes, the layer has ${size}`;
    findings.push({ rule: 'file-metadata', level: 'warning', path, message });
  }
  const mode = metadata['mode'];
  return { isExecutable: typeof mode === 'number' && (mode & 0o100) !== 0, findings };
}
