/**
 * JSON of headers that describe tensors: objects, lists of whole numbers, strings. Read by hand, because numbers up to
 * 2^53 must be exact, keys must not come twice, and a header of 100 MB must not become a tree of objects first.
 */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Codes of signs. */
const [TAB, NEWLINE, RETURN, SPACE, ZERO, NINE] = [0x09, 0x0a, 0x0d, 0x20, 0x30, 0x39];
/** With more digits a number is above 2^53. */
const MAX_DIGITS = 16;
/** Up to so many, looking through a list is quicker than a set. */
const FEW_KEYS = 8;

export class HeaderReader {
  readonly #text: string;
  /** Whether strings can be taken as they stand: there is no escape, and no sign that they may not hold. */
  readonly #isPlain: boolean;
  readonly #refuse: (found: string) => Error;
  #at = 0;

  /** @param refuse makes the error of what was found. @throws what it makes */
  constructor(bytes: Uint8Array, refuse: (found: string) => Error) {
    this.#refuse = refuse;
    try {
      this.#text = decoder.decode(bytes);
    } catch {
      throw refuse('its header is not valid UTF-8');
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    this.#isPlain = !/[\\\u0000-\u001f]/.test(this.#text);
    if (this.#text[0] !== '{') throw refuse('its header does not begin with {');
  }

  /** Reads an object; `each` is told of each key and reads its value. */
  object(each: (key: string) => void): void {
    const few: string[] = [];
    let many: Set<string> | undefined;
    this.#expect('{');
    if (this.#skip() === '}') {
      this.#at += 1;
      return;
    }
    for (;;) {
      const key = this.string();
      if (many === undefined ? few.includes(key) : many.has(key))
        throw this.#refuse(`its header has the key ${JSON.stringify(key)} twice in one object`);
      if (many !== undefined) many.add(key);
      else if (few.push(key) > FEW_KEYS) many = new Set(few);
      this.#expect(':');
      each(key);
      if (this.#skip() !== ',') break;
      this.#at += 1;
    }
    this.#expect('}');
  }

  integers(): number[] {
    const found: number[] = [];
    this.#expect('[');
    if (this.#skip() === ']') {
      this.#at += 1;
      return found;
    }
    for (;;) {
      found.push(this.#integer());
      if (this.#skip() !== ',') break;
      this.#at += 1;
    }
    this.#expect(']');
    return found;
  }

  string(): string {
    this.#expect('"');
    const start = this.#at - 1;
    if (this.#isPlain) {
      const quote = this.#text.indexOf('"', this.#at);
      if (quote < 0) throw this.#refuse('its header ends within a string');
      this.#at = quote + 1;
      return this.#text.slice(start + 1, quote);
    }
    for (;;) {
      const quote = this.#text.indexOf('"', this.#at);
      if (quote < 0) throw this.#refuse('its header ends within a string');
      let slashes = 0;
      while (this.#text[quote - 1 - slashes] === '\\' && quote - 1 - slashes > start) slashes += 1;
      this.#at = quote + 1;
      if (slashes % 2 === 0) break;
    }
    try {
      return JSON.parse(this.#text.slice(start, this.#at));
    } catch {
      throw this.#refuse(`its header has a string that is none at character ${start}`);
    }
  }

  /** Behind the whole, where spaces may follow. */
  end(): void {
    if (this.#skip() !== undefined) throw this.#refuse(`its header goes on behind its end, at character ${this.#at}`);
  }

  #integer(): number {
    this.#skip();
    const start = this.#at;
    let value = 0;
    let code = this.#text.charCodeAt(this.#at);
    while (code >= ZERO && code <= NINE) {
      value = value * 10 + code - ZERO;
      this.#at += 1;
      code = this.#text.charCodeAt(this.#at);
    }
    const digits = this.#at - start;
    const isPlain = digits > 0 && (digits === 1 || this.#text.charCodeAt(start) !== ZERO);
    if (!isPlain || '.eE+-'.includes(this.#text[this.#at] ?? ' '))
      throw this.#refuse(`its header has something else than a whole number at character ${start}`);
    if (digits > MAX_DIGITS || !Number.isSafeInteger(value))
      throw this.#refuse(
        `its header has the number ${this.#text.slice(start, this.#at).slice(0, 40)}, which no file needs`,
      );
    return value;
  }

  #expect(sign: string): void {
    if (this.#skip() !== sign) throw this.#refuse(`its header has no ${sign} at character ${this.#at}`);
    this.#at += 1;
  }

  /** The next sign that is no space; undefined at the end. */
  #skip(): string | undefined {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== SPACE && code !== NEWLINE && code !== TAB && code !== RETURN) return this.#text[this.#at];
      this.#at += 1;
    }
  }
}
