/** Which names the files in a signature may have: OpenSSF Model Signing 1.0 §6.1.2, and what no two readers take alike. */

/** Linux: PATH_MAX. */
const MAX_NAME_BYTES = 4096;

const CONTROL = /\p{Cc}/u;

/** What is wrong with a name, in words that follow "because"; undefined when nothing is. */
export function refusalOfName(name: string): string | undefined {
  if (name === '') return 'its name is empty';
  if (CONTROL.test(name)) return 'its name has a control character';
  if (!name.isWellFormed()) return 'its name is not valid UTF-8';
  if (name.includes('\\')) return 'its name has a backslash';
  if (name.startsWith('/') || /^[a-zA-Z]:/.test(name)) return 'its name is absolute';
  if (name.split('/').some((part) => part === '' || part === '.' || part === '..'))
    return 'its name has a part that is empty, . or ..';
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `its name is longer than ${MAX_NAME_BYTES} bytes`;
  return undefined;
}
