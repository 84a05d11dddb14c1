/** A package name out of any text. */
import { isRepositoryName, looksLikeHost } from '../../oci/reference.ts';

/** @returns `model` when nothing usable is left of the text */
export function asName(text: string): string {
  const name = text
    .normalize('NFKD')
    .toLowerCase()
    .split('/')
    .map((part) =>
      part
        .replace(/[^a-z0-9._-]+/g, '-')
        .replace(/[._-]{2,}/g, '-')
        .replace(/^[._-]+|[._-]+$/g, ''),
    )
    .filter((part) => part !== '')
    .join('/');
  if (!isRepositoryName(name)) return 'model';
  return name.includes('/') && looksLikeHost(name.split('/')[0] ?? '') ? name.replace(/[.:]/g, '-') : name;
}
