/**
 * The small forms of text that waybill.yaml is made of. What a refinement checks, `meta` says again
 * for the published JSON Schema, which knows no functions; test/schemas.test.ts holds the two together.
 */
import { z } from 'zod';
import { isRepositoryName, looksLikeHost, REPOSITORY } from '../../oci/reference.ts';
import { MAX_PATH_BYTES, refusalOf } from '../paths/rules.ts';

/** SemVer 2.0.0, the expression of its own FAQ. */
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;

/** SPDX 3.0.1 Annex "SPDX license expressions": the form, not the list of known identifiers. */
const LICENCE_ID = '(?:[A-Za-z0-9.-]+\\+?|(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+)';
const LICENCE_TOKEN = new RegExp(`^(?:\\(|\\)|AND|OR|WITH|${LICENCE_ID})$`);
const LICENCE_OPERAND = `(?:\\(\\s*)*(?!(?:AND|OR|WITH)(?:[\\s()]|$))${LICENCE_ID}(?:\\s*\\))*`;
/** As far as a regular expression can say it: parentheses are not counted. */
const LICENCE = `^\\s*${LICENCE_OPERAND}(?:\\s+(?:AND|OR|WITH)\\s+${LICENCE_OPERAND})*\\s*$`;

/** Expressions that name a dozen licences have some 300 characters. */
const MAX_LICENCE_LENGTH = 1000;

export const packageName = z
  .string()
  .max(200)
  .refine(
    (text) => isRepositoryName(text),
    'lower-case letters and digits with . _ - between them, in parts divided by / (as acme/digits)',
  )
  .refine(
    (text) => !text.includes('/') || !looksLikeHost(text.split('/')[0] ?? ''),
    'a name that does not begin with a host',
  )
  .meta({
    description: 'Name of the package: a repository name without a host, as `acme/digits`.',
    // What looksLikeHost refuses, before the form itself.
    pattern: `^(?!localhost/)(?![^/]*\\.[^/]*/)${REPOSITORY.source.slice(1)}`,
  });

export const semver = z
  .string()
  .max(128)
  .regex(SEMVER, 'a version as SemVer 2.0.0 has it (1.2.0, 2.0.0-rc.1)')
  .describe('Version of the package, SemVer 2.0.0. As a tag, `+` becomes `_`.');

export const licence = z
  .string()
  .max(MAX_LICENCE_LENGTH)
  .refine(isLicenceExpression, 'an SPDX licence expression (Apache-2.0, MIT OR Apache-2.0, LicenseRef-Acme)')
  .meta({ pattern: LICENCE });

/** A path of a file in the package, relative to waybill.yaml. */
export const filePath = z
  .string()
  .refine((text) => refusalOf(text) === undefined, 'a path inside the folder, with / between its parts')
  .meta({
    // No drive, no part that is empty, `.` or `..`, no control character and no backslash.
    pattern: '^(?![A-Za-z]:)(?!.*(?:^|/)\\.{0,2}(?:/|$))[^\\u0000-\\u001f\\u007f-\\u009f\\\\]+$',
    maxLength: MAX_PATH_BYTES,
  });

/** A pattern of paths, as `components` has them. */
export const pattern = z
  .string()
  .min(1)
  .max(1024)
  .refine(
    (text) => !text.startsWith('/') && !text.includes('\\') && !text.split('/').includes('..'),
    'a path or a pattern inside the folder (weights/**)',
  )
  .meta({ pattern: '^(?!/)(?!.*(?:^|/)\\.\\.(?:/|$))[^\\\\]+$' });

export const digestText = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'sha256: and 64 lower-case hex digits');

/** The form of an SPDX expression, with operators between operands and parentheses that close. */
function isLicenceExpression(text: string): boolean {
  const tokens = text.match(/\(|\)|[^\s()]+/g) ?? [];
  let depth = 0;
  let expectOperand = true;
  for (const token of tokens) {
    if (!LICENCE_TOKEN.test(token)) return false;
    if (token === '(') {
      if (!expectOperand) return false;
      depth += 1;
    } else if (token === ')') {
      if (expectOperand || --depth < 0) return false;
    } else if (['AND', 'OR', 'WITH'].includes(token)) {
      if (expectOperand) return false;
      expectOperand = true;
    } else {
      if (!expectOperand) return false;
      expectOperand = false;
    }
  }
  return depth === 0 && !expectOperand;
}
