/** docs/reference/errors.md: every code of the one table in src/base/errors.ts. */
import { errorCodes } from '../../src/base/errors.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

export function errorsPage(): string {
  return page(
    generatedFrom('src/base/errors.ts'),
    '# Error codes',
    'What is shown for a failure: what was tried, a colon, what is so; then a hint where something would help. With `--json` the same is one document on stdout, `{"error": {"code", "message", "hint"}}`, described by [error.schema.json](../../schemas/output/error.schema.json). Codes are stable: they are never renamed.',
    'The exit status says what kind of answer it is. **1** is a no: the content is not what it claims to be, or breaks a limit, and trying again will not change that. **2** is "could not tell": the command line, the disk, the store or a bug stood in the way.',
    table(
      ['code', 'exit', 'means'],
      Object.entries(errorCodes).map(([name, { exit, meaning }]) => [code(name), String(exit), meaning]),
    ),
    'A verdict is not an error: `waybill verify` that finds damage prints its [findings](findings.md) and ends with status 1.',
  );
}
