import { inform, type Row } from '../row.ts';

/** In place of rows that need a program of others which this machine does not have. */
export function absent(what: string, program: string): Row {
  return inform(what, `not measured: there is no ${program} here (npm run test:real brings it)`, []);
}
