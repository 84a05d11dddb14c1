/** Reads TOML that tools wrote, and takes values out of it that are of the kind that was asked for. TOML 1.0. */
import { WaybillError } from '../../../base/errors.ts';
import { invalidLock, MAX_LOCK_SIZE } from './lock.ts';

export type Table = Readonly<Record<string, unknown>>;

/** @throws WaybillError LOCK_INVALID, LIMIT_EXCEEDED */
export async function readToml({ path, text }: { path: string; text: string }): Promise<Table> {
  if (text.length > MAX_LOCK_SIZE)
    throw new WaybillError('LIMIT_EXCEEDED', `Cannot read ${path}: it is larger than ${MAX_LOCK_SIZE} bytes`);
  const { parse } = await import('smol-toml');
  try {
    return parse(text);
  } catch (cause) {
    const [first = 'it is not TOML'] = (cause instanceof Error ? cause.message : '').split('\n');
    const line = cause instanceof Error && 'line' in cause ? ` (line ${String(cause.line)})` : '';
    throw invalidLock(path, `${first.replace(/^Invalid TOML document: /, 'it is not TOML: ')}${line}`, cause);
  }
}

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

export function tableAt(table: Table, key: string): Table {
  const value = Object.hasOwn(table, key) ? table[key] : undefined;
  return isTable(value) ? value : {};
}

export function listAt(table: Table, key: string): readonly unknown[] {
  const value = Object.hasOwn(table, key) ? table[key] : undefined;
  return Array.isArray(value) ? value : [];
}

export function tablesAt(table: Table, key: string): readonly Table[] {
  return listAt(table, key).filter(isTable);
}

export function textAt(table: Table, key: string): string | undefined {
  const value = Object.hasOwn(table, key) ? table[key] : undefined;
  return typeof value === 'string' ? value : undefined;
}

export function textsAt(table: Table, key: string): readonly string[] {
  return listAt(table, key).filter((value) => typeof value === 'string');
}
