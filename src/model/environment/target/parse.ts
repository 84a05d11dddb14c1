/** Reads a target: the YAML that `waybill host` prints and people change, or the JSON of a Kubernetes node. */
import { WaybillError } from '../../../base/errors.ts';
import { readSmallFile } from '../../../base/files.ts';
import type { Finding } from '../../../base/finding.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import { readYaml } from '../../../base/yaml/read.ts';
import { isNode, readNode } from './node.ts';
import { Target } from './schema.ts';
import { TARGET_VERSION } from './version.ts';

/** A Python with a thousand distributions has some 30 KiB. */
export const MAX_TARGET_SIZE: number = 1024 * 1024;
/** A node that holds many images has some 100 KiB. */
export const MAX_NODE_SIZE: number = 4 * 1024 * 1024;

export interface ReadTarget {
  readonly target: Target;
  /** What a newer minor version has that this Waybill does not know. */
  readonly findings: readonly Finding[];
}

/** @throws WaybillError TARGET_INVALID with every problem, FILE_UNREADABLE, LIMIT_EXCEEDED, UNSUPPORTED */
export function readTargetFile(file: string): ReadTarget {
  let text: string;
  try {
    text = readSmallFile(file, MAX_NODE_SIZE).toString('utf8');
  } catch (error) {
    throw explainSystemError(`Cannot read ${file}`, error);
  }
  return parseTarget(text, file);
}

/**
 * @param name how the reader knows the file
 * @throws WaybillError as readTargetFile
 */
export function parseTarget(text: string, name: string): ReadTarget {
  if (text.trimStart().startsWith('{')) {
    const value = parseJson(text);
    if (isNode(value)) return { target: readNode(value, name), findings: [] };
  }
  const { file, findings } = readYaml(text, {
    name,
    schema: Target,
    versionKey: 'target',
    version: TARGET_VERSION,
    code: 'TARGET_INVALID',
    maxSize: MAX_TARGET_SIZE,
  });
  return { target: file, findings };
}

/** A node of a Kubernetes cluster, as `kubectl get node NAME -o json` prints it. @throws WaybillError TARGET_INVALID */
export function parseNode(text: string, name: string): Target {
  const value = text.length > MAX_NODE_SIZE ? undefined : parseJson(text);
  if (isNode(value)) return readNode(value, name);
  throw new WaybillError('TARGET_INVALID', `Cannot read ${name}: it is no node of a Kubernetes cluster`, {
    hint: 'kubectl get node NAME -o json prints one',
  });
}

/** Undefined for what is none; it may still be YAML, of which JSON is a part. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
