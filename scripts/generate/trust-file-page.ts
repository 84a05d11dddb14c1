/** docs/reference/trust-file.md: every key of trust.yaml, one complete example, and why a statement may not count. */
import fs from 'node:fs';
import { trustFileSchema } from '../../src/trust/policy/schema.ts';
import { refusalReasons } from '../../src/trust/verify/refusal.ts';
import { keyTables } from './key-tables.ts';
import { code, fence, generatedFrom, page, table } from './markdown.ts';

export const TRUST_EXAMPLE: URL = new URL('./trust-example.yaml', import.meta.url);

export function trustFilePage(): string {
  return page(
    generatedFrom('src/trust/policy/'),
    '# trust.yaml',
    'The trust policy: whom to believe about which packages. `waybill verify`, `pull`, `unpack` and `push` apply it with `--trust`, or by `$WAYBILL_TRUST`; `waybill trust init` writes a first one. Its JSON Schema is [trust-1.schema.json](../../schemas/trust-1.schema.json).',
    'It is the local root of trust: nothing that comes with a package adds a key or changes a rule. A key that is not below is an error with its line and column; keys that begin with `x-` are yours.',
    '## Example',
    fence('yaml', fs.readFileSync(TRUST_EXAMPLE, 'utf8').trimEnd()),
    '## How it is applied',
    [
      '- The rule whose `match` is the most specific one for the repository that was asked for counts, alone. Parts are compared from the left: a literal one wins over `*`, `*` over `**`, and a pattern with a host over one without. Where none fits, nothing passes.',
      '- Each of its requirements needs as many statements as its `threshold` says, by different keys or identities of its role. Any statement that satisfies is enough; others that do not count take nothing away.',
      '- What is missing is not satisfied. To delete a statement can turn a yes into a no, never a no into a yes. Taking back is done by the revocation list alone, which has to be there, signed and fresh.',
      '- A publisher’s `package/v1` statement binds the name, the version, the list of files and the signature over them. Its name must be that of the repository without its host, or an alias.',
      '- Time: what a statement says of its own time can make it too old, never bring an expired or stolen key back. A signature counts as made now, unless witnesses of a log have seen it before; a log alone proves order, not time.',
      '- What could not be told (a revocation list that is stale, a log that cannot be asked) is exit status 2, never 0.',
    ].join('\n'),
    '## Keys',
    ...keyTables(trustFileSchema()),
    '## Why a statement does not count',
    'The first reason that applies, in this order of the checklist in `src/trust/verify/checklist.ts`; as `requirements[].refused[].reason` in JSON. A requirement without any statement of its kind is missing.',
    table(
      ['reason', 'meaning'],
      Object.entries(refusalReasons).map(([reason, meaning]) => [code(reason), meaning]),
    ),
  );
}
