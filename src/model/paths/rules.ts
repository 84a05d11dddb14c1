/**
 * Which names a file of a package may have. A package is restored on other systems, so a name that
 * could lead out of the folder or hide is refused everywhere, and one that Windows cannot store is
 * warned about. Names are literal and compared part by part.
 */
import { WaybillError } from '../../base/errors.ts';

/** Linux: PATH_MAX 4096 with the destination in front, NAME_MAX 255 bytes. */
export const MAX_PATH_BYTES = 1024;
const MAX_PART_BYTES = 255;
/** Deeper trees come from crafted archives. */
const MAX_DEPTH = 64;

const CONTROL = /\p{Cc}/u;
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?$/i;

/** What makes a name unusable, in words that follow "because"; undefined when nothing does. */
export function refusalOf(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (CONTROL.test(path)) return 'it has a control character';
  if (path.includes('\\')) return 'it has a backslash';
  if (path.includes('\ufffd') || !path.isWellFormed()) return 'it is not valid UTF-8';
  if (path.startsWith('/')) return 'it is absolute';
  if (/^[a-zA-Z]:/.test(path)) return 'it begins like a Windows drive';
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `it is longer than ${MAX_PATH_BYTES} bytes`;
  const parts = path.split('/');
  if (parts.length > MAX_DEPTH) return `it is deeper than ${MAX_DEPTH} folders`;
  if (parts.includes('..')) return 'it has a part ..';
  if (parts.includes('.') || parts.includes('')) return 'it has an empty part or a part .';
  if (parts.some((part) => Buffer.byteLength(part) > MAX_PART_BYTES))
    return `a part is longer than ${MAX_PART_BYTES} bytes`;
  return undefined;
}

/** What Windows cannot store about a name; undefined when it can. */
export function windowsProblemOf(path: string): string | undefined {
  for (const part of path.split('/')) {
    if (WINDOWS_DEVICE.test(part)) return `${part} is the name of a device on Windows`;
    if (/[. ]$/.test(part)) return `Windows drops the last character of ${JSON.stringify(part)}`;
    const sign = /[:<>"|?*]/.exec(part)?.[0];
    if (sign !== undefined) return `Windows cannot store ${JSON.stringify(sign)} in a name`;
  }
  return undefined;
}

/** @throws WaybillError ARCHIVE_UNSAFE naming the path and where it stands */
export function assertSafePath(path: string, where: string): void {
  const refusal = refusalOf(path);
  if (refusal === undefined) return;
  throw new WaybillError(
    'ARCHIVE_UNSAFE',
    `Cannot use the name ${JSON.stringify(path.slice(0, 200))} in ${where}: ${refusal}`,
  );
}
