/** Lines of a requirements file as pip reads them: comments, lines that go on, options. "Requirements File Format" of pip. */

export interface RequirementLine {
  /** Of the first line, from 1. */
  readonly line: number;
  readonly text: string;
}

/** Logical lines without comments and empty ones. */
export function* linesOf(text: string): Iterable<RequirementLine> {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  let parts: string[] = [];
  let first = 1;
  for (const [index, physical] of lines.entries()) {
    if (parts.length === 0) first = index + 1;
    const isComment = /^\s*#/.test(physical);
    if (!isComment && physical.endsWith('\\') && index < lines.length - 1) {
      parts.push(physical.slice(0, -1));
      continue;
    }
    // A comment ends the line that it stands in, one that goes on too; pip keeps the space before it.
    parts.push(isComment ? ` ${physical}` : physical);
    const joined = parts
      .join('')
      .replace(/(?:^|\s+)#.*$/, '')
      .trim();
    parts = [];
    if (joined !== '') yield { line: first, text: joined };
  }
}

export interface RequirementWords {
  /** Without options. */
  readonly subject: string;
  readonly hashes: readonly string[];
}

/** Takes the options of a single requirement off: `--hash=sha256:…`, `--config-settings=…`. */
export function splitOptions(text: string): RequirementWords {
  const start = text.search(/(?:^|\s)--?[a-z]/i);
  if (start < 0) return { subject: text, hashes: [] };
  const hashes = [...text.slice(start).matchAll(/--hash[= ]\s*["']?([a-z0-9]+:[0-9a-fA-F]+)/g)].map(
    ([, hash = '']) => hash,
  );
  return { subject: text.slice(0, start).trim(), hashes };
}

/** An option that stands alone on its line, with its value: `-r other.txt`, `--index-url=https://…`. */
export function readOption(text: string): { readonly name: string; readonly value: string } | undefined {
  const [, name, value = ''] = /^(--[a-z-]+|-[a-z])(?:\s*=\s*|\s+|(?<=^-[a-z]))?(.*)$/i.exec(text) ?? [];
  return name === undefined ? undefined : { name, value: value.trim().replace(/^(["'])(.*)\1$/, '$2') };
}
