/** Reads a file that people write: all that is wrong at once, each with its line, its column and the line itself. */
import type { z } from 'zod';
import { type ErrorCode, type Problem, WaybillError } from '../errors.ts';
import type { Finding } from '../finding.ts';
import { isUnknownKey, isUnknownKind } from './issues.ts';
import { YamlSource } from './source.ts';

/** A kind of file, of which the first key says the version. */
export interface YamlFile<Value> {
  /** How the reader knows the file. */
  readonly name: string;
  readonly schema: z.ZodType<Value>;
  /** The key of the version, and the major version that is understood. */
  readonly versionKey: string;
  readonly version: number;
  /** The code of what is thrown when the file is not valid. */
  readonly code: ErrorCode;
  /** Characters that the text may have. */
  readonly maxSize: number;
}

export interface ReadFile<Value> {
  readonly file: Value;
  /** What a newer minor version has that this Waybill does not know. */
  readonly findings: readonly Finding[];
  /** The problem of a value, with its place in the text. */
  problemAt(at: readonly (string | number)[], message: string): Problem;
}

/** More than anybody reads at once; a crafted file has as many as it has lines. */
const MAX_PROBLEMS = 100;

/** @throws WaybillError `code` with every problem; UNSUPPORTED for a newer major version; LIMIT_EXCEEDED */
export function readYaml<Value>(text: string, kind: YamlFile<Value>): ReadFile<Value> {
  const { name, schema, versionKey } = kind;
  const source = new YamlSource(text, kind);
  source.refuseIfAny(source.syntaxProblems());
  const value: unknown = source.toValue();
  const version =
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[versionKey] : undefined;
  if (typeof version === 'number' && Math.trunc(version) > kind.version) {
    throw new WaybillError(
      'UNSUPPORTED',
      `Cannot read ${name}: it is of version ${version}, this Waybill reads version ${kind.version}`,
      { hint: `Install a Waybill that reads version ${Math.trunc(version)}: npm install -g waybill@latest` },
    );
  }
  const isNewerMinor = typeof version === 'number' && version > kind.version;
  const parsed = schema.safeParse(value, { reportInput: true });
  const issues = parsed.success ? [] : parsed.error.issues;
  const unknown = issues.filter((issue) => isUnknownKey(issue) || isUnknownKind(issue));
  const wrong = isNewerMinor ? issues.filter((issue) => !unknown.includes(issue)) : issues;
  source.refuseIfAny(wrong.slice(0, MAX_PROBLEMS).flatMap((issue) => source.problemsOf(issue)));
  return {
    // With only unknown keys and kinds left, the value has the shape that the schema asks for.
    file: parsed.success ? parsed.data : (value as Value),
    findings: unknown.map((issue) => ({
      rule: 'newer-file-version',
      level: 'warning',
      path: name,
      ...source.placeOf(issue),
      message: `${issue.path.join('.')} is not understood: the file is of version ${String(version)}, this Waybill reads ${kind.version}`,
    })),
    problemAt: (at, message) => source.problemAt(at, message),
  };
}
