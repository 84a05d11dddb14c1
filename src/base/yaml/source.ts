/** The text of a YAML file with its tree: what is wrong in it has a line, a column and the line itself. */
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
import { type ErrorCode, type Problem, WaybillError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { describe, type Issue, isUnknownKey } from './issues.ts';
import type { YamlFile } from './read.ts';

/** Aliases that repeat aliases grow without end ("billion laughs"). */
const MAX_ALIASES = 100;

export class YamlSource {
  readonly #lines: readonly string[];
  readonly #counter = new LineCounter();
  readonly #document: Document;
  readonly #name: string;
  readonly #code: ErrorCode;

  constructor(text: string, { name, code, maxSize }: Pick<YamlFile<unknown>, 'name' | 'code' | 'maxSize'>) {
    if (text.length > maxSize)
      throw new WaybillError('LIMIT_EXCEEDED', `Cannot read ${name}: it is larger than ${maxSize} bytes`);
    this.#name = name;
    this.#code = code;
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
        this.#code,
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

  placeOf(issue: Issue): Pick<Problem, 'line' | 'column'> {
    const { line, column } = this.problemsOf(issue)[0] ?? {};
    return line === undefined || column === undefined ? {} : { line, column };
  }

  problemAt(at: readonly (string | number)[], message: string): Problem {
    const where = at.length === 0 ? '' : `${at.join('.')}: `;
    // A missing value has no place of its own: its section has.
    for (let length = at.length; length >= 0; length--) {
      const node = length === 0 ? this.#document.contents : this.#document.getIn(at.slice(0, length), true);
      if (isNode(node) && node.range) {
        const missing = at.slice(length);
        return this.#problem(
          node.range[0],
          `${missing.length === 0 ? where : `${at.join('.')} is missing: `}${message}`,
        );
      }
    }
    // An empty file has no node at all.
    return this.#problem(0, `${where}${message}`);
  }

  refuseIfAny(problems: readonly Problem[]): void {
    if (problems.length === 0) return;
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    throw new WaybillError(this.#code, `Cannot use ${this.#name}: it has ${count}`, { problems });
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
