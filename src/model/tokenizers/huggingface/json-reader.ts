/**
 * JSON in one pass, piece by piece: a vocabulary of 260,000 tokens becomes a map and not a tree first. Duplicate keys,
 * halves of signs and numbers without end are refused. RFC 8259.
 */
import type { Refuse } from '../tokenizer.ts';
import { Fraction } from './numbers.ts';

/** As for other documents from strangers; real tokenizers nest about 8 deep. */
const MAX_TOKENIZER_DEPTH = 64;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const CONTROL = /[^\x20-\uffff]/;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;

export class JsonReader {
  readonly #text: string;
  readonly #refuse: Refuse;
  #at = 0;
  /** Where the next backslash is: strings that end before it are as they stand. */
  #slash: number;
  #depth = 0;

  /** @throws what `refuse` makes */
  constructor(bytes: Uint8Array, refuse: Refuse) {
    this.#refuse = refuse;
    try {
      this.#text = decoder.decode(bytes);
    } catch {
      throw refuse('it is not valid UTF-8');
    }
    this.#slash = this.#find('\\', 0);
  }

  /** The sign that the next value begins with; undefined at the end. */
  next(): string | undefined {
    let code = this.#text.charCodeAt(this.#at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      this.#at += 1;
      code = this.#text.charCodeAt(this.#at);
    }
    return this.#text[this.#at];
  }

  /** `each` reads the value of the key. */
  object(each: (key: string) => void): void {
    const keys = new Set<string>();
    this.#list('{', '}', () => {
      const key = this.string();
      if (keys.has(key)) throw this.#refuse(`the key ${JSON.stringify(key)} stands twice in one object`);
      keys.add(key);
      this.#expect(':');
      each(key);
    });
  }

  /** `each` reads the item. */
  array(each: (index: number) => void): void {
    let index = 0;
    this.#list('[', ']', () => each(index++));
  }

  string(): string {
    this.#expect('"');
    const start = this.#at;
    let end = this.#find('"', start);
    if (this.#slash < start) this.#slash = this.#find('\\', start);
    if (end < this.#slash) {
      this.#at = end + 1;
      const plain = this.#text.slice(start, end);
      if (CONTROL.test(plain)) throw this.#invalid();
      return plain;
    }
    while (this.#isEscaped(end, start)) end = this.#find('"', end + 1);
    if (end === Number.POSITIVE_INFINITY) throw this.#invalid();
    this.#at = end + 1;
    return this.#escaped(this.#text.slice(start - 1, end + 1));
  }

  number(): number | Fraction {
    this.next();
    NUMBER.lastIndex = this.#at;
    const [text, point, power] = NUMBER.exec(this.#text) ?? [];
    if (text === undefined) throw this.#invalid();
    this.#at += text.length;
    const value = Number(text);
    if (!Number.isFinite(value)) throw this.#refuse(`it has the number ${text}`);
    return point === undefined && power === undefined && !Object.is(value, -0) ? value : new Fraction(value);
  }

  /** Any value, as a tree. */
  value(): unknown {
    const sign = this.next();
    if (sign === '"') return this.string();
    if (sign === '{') {
      const entries: [string, unknown][] = [];
      this.object((key) => entries.push([key, this.value()]));
      return Object.fromEntries(entries);
    }
    if (sign === '[') {
      const items: unknown[] = [];
      this.array(() => items.push(this.value()));
      return items;
    }
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    return this.number();
  }

  /** Behind the whole. */
  end(): void {
    if (this.next() !== undefined) throw this.#invalid();
  }

  #list(open: string, close: string, each: () => void): void {
    this.#expect(open);
    this.#depth += 1;
    if (this.#depth > MAX_TOKENIZER_DEPTH) throw this.#refuse(`it nests deeper than ${MAX_TOKENIZER_DEPTH} levels`);
    if (this.next() === close) this.#at += 1;
    else {
      each();
      while (this.next() === ',') {
        this.#at += 1;
        each();
      }
      this.#expect(close);
    }
    this.#depth -= 1;
  }

  #expect(sign: string): void {
    if (this.next() !== sign) throw this.#invalid();
    this.#at += 1;
  }

  #isEscaped(quote: number, start: number): boolean {
    if (quote === Number.POSITIVE_INFINITY) return false;
    let slashes = 0;
    while (quote - 1 - slashes >= start && this.#text[quote - 1 - slashes] === '\\') slashes += 1;
    return slashes % 2 === 1;
  }

  #escaped(quoted: string): string {
    let text: string;
    try {
      text = JSON.parse(quoted);
    } catch {
      throw this.#invalid();
    }
    if (!text.isWellFormed()) throw this.#refuse('it has half of a sign in a text');
    return text;
  }

  #find(sign: string, from: number): number {
    const at = this.#text.indexOf(sign, from);
    return at < 0 ? Number.POSITIVE_INFINITY : at;
  }

  #invalid(): Error {
    return this.#refuse(`it is not JSON at character ${this.#at}`);
  }
}
