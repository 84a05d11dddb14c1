/** Refuses what cannot travel, by name, before a byte is read. */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { findCollision } from '../paths/collisions.ts';
import { refusalOf, windowsProblemOf } from '../paths/rules.ts';
import type { SelectedFile } from './select.ts';

/**
 * @returns warnings about names that Windows cannot store
 * @throws WaybillError PATH_INVALID for the first file that cannot be packed, or two that collide
 */
export function checkNames(files: readonly SelectedFile[]): readonly Finding[] {
  for (const { path, refusal } of files) {
    const found = refusalOf(path) ?? refusal;
    if (found === undefined) continue;
    throw new WaybillError('PATH_INVALID', `Cannot pack ${JSON.stringify(path)}: ${found}`, {
      hint: 'Rename or remove it, or take it out of the components of waybill.yaml',
    });
  }
  const collision = findCollision(files.map(({ path }) => path));
  if (collision !== undefined) {
    const [a, b] = collision.map((path) => JSON.stringify(path));
    throw new WaybillError('PATH_INVALID', `Cannot pack ${a} and ${b}: some file systems could keep only one of them`, {
      hint: 'Rename one',
    });
  }
  return files.flatMap(({ path }): Finding[] => {
    const message = windowsProblemOf(path);
    return message === undefined ? [] : [{ rule: 'windows-name', level: 'warning', path, message }];
  });
}
