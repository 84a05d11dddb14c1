/** What stands in trust.yaml for a key, as text to be pasted. */
import path from 'node:path';
import type { Role } from '../../trust/keys/roles.ts';

export interface TrustedKey {
  /** The path that the files of the key are named after. */
  readonly name: string;
  readonly role: Exclude<Role, 'log'>;
  /** Days, as 2026-11-27. */
  readonly notBefore: string;
  readonly notAfter: string;
  readonly pem: string;
}

/** An entry of the list `keys`. */
export function toTrustEntry({ name, role, notBefore, notAfter, pem }: TrustedKey): string {
  const lines = pem.trimEnd().split('\n');
  return [
    'keys:',
    `  - id: ${toId(path.basename(name))}`,
    `    role: ${role}`,
    `    notBefore: ${notBefore}`,
    `    notAfter: ${notAfter}`,
    '    spki: |',
    ...lines.map((line) => `      ${line}`),
  ].join('\n');
}

/** Letters, digits and `. _ -`, beginning with one of the former. */
function toId(name: string): string {
  const id = name
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100);
  // Quoted where YAML could take it for a number or a truth value.
  return /^[a-z]+[-_.][\w.-]*$/i.test(id) ? id : JSON.stringify(id === '' ? 'key' : id);
}
