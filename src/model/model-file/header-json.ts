/**
 * JSON of headers that describe tensors: objects, lists of whole numbers, strings. Read by hand, because numbers up to
 * 2^53 must be exact, keys must not come twice, and a header of 100 MB must not become a tree of objects first.
 */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class HeaderReader {
  readonly #text: string;
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
    if (this.#text[0] !== '{') throw refuse('its header does not begin with {');
  }

  /** Reads an object; `each` is told of each key and reads its value. */
  object(each: (key: string) => void): void {
    const keys = new Set<string>();
    this.#expect('{');
    if (this.#skip() === '}') {
      this.#at += 1;
      return;
    }
    for (;;) {
      const key = this.string();
      if (keys.has(key)) throw this.#refuse(`its header has the key ${JSON.stringify(key)} twice in one object`);
      keys.add(key);
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
    const digits = /(?:0|[1-9]\d{0,19})(?![\d.eE+-])/y;
    digits.lastIndex = this.#at;
    const [text] = digits.exec(this.#text) ?? [];
    if (text === undefined)
      throw this.#refuse(`its header has something else than a whole number at character ${this.#at}`);
    this.#at += text.length;
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw this.#refuse(`its header has the number ${text}, which no file needs`);
    return value;
  }

  #expect(sign: string): void {
    if (this.#skip() !== sign) throw this.#refuse(`its header has no ${sign} at character ${this.#at}`);
    this.#at += 1;
  }

  /** The next sign that is no space; undefined at the end. */
  #skip(): string | undefined {
    while (' \n\t\r'.includes(this.#text[this.#at] ?? '.')) this.#at += 1;
    return this.#text[this.#at];
  }
}
