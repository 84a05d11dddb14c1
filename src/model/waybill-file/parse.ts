/** Reads waybill.yaml: all that is wrong at once, each with its line, its column and the line itself. */
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import type { z } from 'zod';
import { type Problem, WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { nearest } from '../../base/nearest.ts';
import { FILE_VERSION, WAYBILL_FILE, WaybillFile } from './schema.ts';

/** A hundred components with a thousand patterns are some 50 KiB. */
export const MAX_WAYBILL_FILE_SIZE: number = 1024 * 1024;

/** Aliases that repeat aliases grow without end ("billion laughs"). */
const MAX_ALIASES = 100;

/** More than anybody reads at once; a crafted file has as many as it has lines. */
const MAX_PROBLEMS = 100;

export interface ParsedWaybillFile {
  readonly file: WaybillFile;
  /** What a newer minor version has that this Waybill does not know. */
  readonly findings: readonly Finding[];
  /** The problem of a value, with its place in the text. */
  problemAt(at: readonly (string | number)[], message: string): Problem;
}

/**
 * @param name how the reader knows the file
 * @throws WaybillError WAYBILL_FILE_INVALID with every problem; UNSUPPORTED for a newer major version
 */
export function parseWaybillFile(text: string, name: string = WAYBILL_FILE): ParsedWaybillFile {
  const source = new Source(text, name);
  source.refuseIfAny(source.syntaxProblems());
  const value: unknown = source.toValue();
  const version = typeof value === 'object' && value !== null && 'waybill' in value ? value.waybill : undefined;
  if (typeof version === 'number' && Math.trunc(version) > FILE_VERSION) {
    throw new WaybillError(
      'UNSUPPORTED',
      `Cannot read ${name}: it is of version ${version}, this Waybill reads version ${FILE_VERSION}`,
      {
        hint: `Install a Waybill that reads version ${Math.trunc(version)}: npm install -g waybill@latest`,
      },
    );
  }
  const isNewerMinor = typeof version === 'number' && version > FILE_VERSION;
  const parsed = WaybillFile.safeParse(value, { reportInput: true });
  const issues = parsed.success ? [] : parsed.error.issues;
  const unknown = issues.filter((issue) => isUnknownKey(issue));
  const wrong = isNewerMinor ? issues.filter((issue) => !isUnknownKey(issue)) : issues;
  source.refuseIfAny(wrong.slice(0, MAX_PROBLEMS).flatMap((issue) => source.problemsOf(issue)));
  return {
    // With only unknown keys left, the value has the shape that the schema asks for.
    file: parsed.success ? parsed.data : (value as WaybillFile),
    findings: unknown.map((issue) => ({
      rule: 'newer-file-version',
      level: 'warning',
      path: name,
      message: `${issue.path.join('.')} is not understood: the file is of version ${String(version)}, this Waybill reads ${FILE_VERSION}`,
    })),
    problemAt: (at, message) => source.problemAt(at, message),
  };
}

type Issue = z.core.$ZodIssue;

function isUnknownKey(issue: Issue): issue is Issue & { params: { unknownKey: string; known: string[] } } {
  return issue.code === 'custom' && issue.params?.['unknownKey'] !== undefined;
}

/** The text with its tree, from which each value's place can be told. */
class Source {
  readonly #lines: readonly string[];
  readonly #counter = new LineCounter();
  readonly #document: Document;
  readonly #name: string;

  constructor(text: string, name: string) {
    if (text.length > MAX_WAYBILL_FILE_SIZE)
      throw new WaybillError('LIMIT_EXCEEDED', `Cannot read ${name}: it is larger than ${MAX_WAYBILL_FILE_SIZE} bytes`);
    this.#name = name;
    this.#lines = text.split(/\r?\n/);
    // Counted here: the parser leaves out line breaks behind some errors.
    for (let start = 0; start >= 0; start = nextLine(text, start)) this.#counter.addNewLine(start);
    this.#document = parseDocument(text, {
      prettyErrors: false,
      // Its warnings would go to the process; what matters of them is refused below.
      logLevel: 'error',
      strict: true,
      // Looked at below: the parser compares each key with each other one.
      uniqueKeys: false,
      version: '1.2',
      schema: 'core',
      merge: false,
    });
  }

  syntaxProblems(): Problem[] {
    const problems = [...this.#document.errors, ...this.#document.warnings].map((error) =>
      this.#problem(error.pos[0], error.message),
    );
    return problems.length > 0 ? problems : this.#trapProblems();
  }

  /** What is good YAML and no honest file has: values without end, and keys that JavaScript cannot tell apart. */
  #trapProblems(): Problem[] {
    const problems: Problem[] = [];
    visit(this.#document, {
      Alias: (_, alias, ancestors) => {
        const target = alias.resolve(this.#document);
        if (target !== undefined && ancestors.includes(target))
          problems.push(
            this.#problem(alias.range?.[0] ?? 0, `the alias ${alias.source} stands inside what it stands for`),
          );
      },
      Map: (_, map) => void problems.push(...this.#keyProblems(map)),
    });
    return problems;
  }

  #keyProblems({ items }: YAMLMap): Problem[] {
    const seen = new Set<string>();
    return items.flatMap(({ key }) => {
      const offset = (isNode(key) ? key.range?.[0] : undefined) ?? 0;
      if (!isScalar(key)) return [this.#problem(offset, 'a key must be text')];
      const name = String(key.value);
      if (name === '__proto__') return [this.#problem(offset, 'unknown key "__proto__"')];
      if (seen.has(name)) return [this.#problem(offset, `the key ${JSON.stringify(name)} stands twice`)];
      seen.add(name);
      return [];
    });
  }

  toValue(): unknown {
    try {
      return this.#document.toJS({ maxAliasCount: MAX_ALIASES });
    } catch (cause) {
      throw new WaybillError(
        'WAYBILL_FILE_INVALID',
        `Cannot read ${this.#name}: ${cause instanceof Error ? cause.message : 'its aliases cannot be resolved'}`,
        { cause },
      );
    }
  }

  problemsOf(issue: Issue): Problem[] {
    if (isUnknownKey(issue)) {
      const { unknownKey, known } = issue.params;
      const likely = nearest(unknownKey, known);
      const advice = likely === undefined ? `known here: ${known.join(', ')}` : `did you mean ${likely}?`;
      return [this.#problem(this.#keyOffset(issue.path), `unknown key ${JSON.stringify(unknownKey)}; ${advice}`)];
    }
    return [this.problemAt(issue.path as (string | number)[], describe(issue))];
  }

  problemAt(at: readonly (string | number)[], message: string): Problem {
    // A missing value has no place of its own: its section has.
    for (let length = at.length; length >= 0; length--) {
      const node = length === 0 ? this.#document.contents : this.#document.getIn(at.slice(0, length), true);
      if (isNode(node) && node.range) {
        const missing = at.slice(length);
        const where = at.length === 0 ? '' : `${at.join('.')}: `;
        return this.#problem(
          node.range[0],
          `${missing.length === 0 ? where : `${at.join('.')} is missing: `}${message}`,
        );
      }
    }
    return this.#problem(0, `${at.join('.')}: ${message}`);
  }

  refuseIfAny(problems: readonly Problem[]): void {
    if (problems.length === 0) return;
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    throw new WaybillError('WAYBILL_FILE_INVALID', `Cannot use ${this.#name}: it has ${count}`, { problems });
  }

  #keyOffset(path: readonly PropertyKey[]): number {
    const parent =
      path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1) as string[], true);
    const pair = isMap(parent)
      ? parent.items.find((item: Pair) => isScalar(item.key) && item.key.value === path.at(-1))
      : undefined;
    return isNode(pair?.key) ? (pair.key.range?.[0] ?? 0) : 0;
  }

  #problem(offset: number, message: string): Problem {
    const { line, col } = this.#counter.linePos(offset);
    const source = this.#lines[line - 1] ?? '';
    return {
      message,
      file: this.#name,
      line,
      column: Math.min(col, source.length + 1),
      source,
    };
  }
}

function nextLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? -1 : end + 1;
}

/** What a value should have been and what it is, in the reader's words. */
function describe(issue: Issue): string {
  const found = 'input' in issue && issue.input !== undefined ? `, found ${show(issue.input)}` : '';
  switch (issue.code) {
    case 'invalid_type': {
      const words: Record<string, string> = {
        string: 'text',
        number: 'a number',
        int: 'a whole number',
        boolean: 'true or false',
        array: 'a list',
        object: 'a section of keys',
        record: 'a section of keys',
      };
      const expected = words[issue.expected] ?? issue.expected;
      const isNumberForText = issue.expected === 'string' && typeof issue.input === 'number';
      return `expected ${expected}${found}${isNumberForText ? ' (write it in quotes)' : ''}`;
    }
    case 'invalid_value':
      return `expected ${issue.values.map((value) => String(value)).join(', ')}${found}`;
    case 'too_small':
      return `expected ${issue.message.startsWith('Too small') ? `at least ${issue.minimum}` : issue.message}${found}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`;
    default:
      return `expected ${issue.message}${found}`;
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
