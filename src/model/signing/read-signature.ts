/** A model signature that lies somewhere as a file, read as one, whosoever it is. */
import { WaybillError } from '../../base/errors.ts';
import { parseBundle } from '../../trust/bundle/bundle.ts';
import { type ModelSignature, readModelSignature } from '../../trust/oms/read.ts';
import { readSignatureFile } from './signature-file.ts';

/** @returns undefined for what is no model signature, or cannot be read as one */
export function readSignature(file: string): ModelSignature | undefined {
  try {
    return readModelSignature(parseBundle(readSignatureFile(file)));
  } catch (error) {
    if (error instanceof WaybillError) return undefined;
    throw error;
  }
}
