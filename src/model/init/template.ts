/** Lays out the standard folders of a package from templates/standard, for a new model. */
import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { writeAtomically } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import { WAYBILL_FILE, WAYBILL_SCHEMA_URL } from '../waybill-file/schema.ts';
import { asName } from './name.ts';

const TEMPLATE = new URL('../../../templates/standard/', import.meta.url);
const FOLDERS = ['weights', 'inference', 'utilities', 'docs', 'examples', 'tests', 'data', 'records'];

/**
 * @returns the paths that were made, relative to the folder
 * @throws WaybillError DESTINATION_EXISTS before anything is written if a file is in the way
 */
export function layTemplate(folder: string): readonly string[] {
  const files = fs.readdirSync(TEMPLATE, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const root = fs.realpathSync(TEMPLATE);
  const paths = files.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))).sort();
  const inTheWay = paths.find((name) => fs.existsSync(path.join(folder, name)));
  if (inTheWay !== undefined) {
    throw new WaybillError('DESTINATION_EXISTS', `Cannot lay out ${folder}: it has ${inTheWay} already`, {
      hint: 'Name a new folder; for one that has files, waybill init without --template',
    });
  }
  try {
    for (const name of FOLDERS) fs.mkdirSync(path.join(folder, name), { recursive: true });
    for (const name of paths) {
      const bytes = fs.readFileSync(path.join(root, name));
      writeAtomically(path.join(folder, name), name === WAYBILL_FILE ? fill(bytes.toString('utf8'), folder) : bytes);
    }
  } catch (error) {
    throw explainSystemError(`Cannot lay out ${folder}`, error);
  }
  return paths;
}

function fill(text: string, folder: string): string {
  return text
    .replaceAll('{{name}}', asName(path.basename(path.resolve(folder))))
    .replaceAll('{{schema}}', WAYBILL_SCHEMA_URL);
}
