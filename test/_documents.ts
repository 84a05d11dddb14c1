/** Reads what people read: the documents of the repository, their blocks, code spans, links and headings. */
import fs from 'node:fs';
import path from 'node:path';

export interface Block {
  /** What stands behind the fence: `sh`, `console`, `yaml`, `text`, … */
  readonly language: string;
  readonly text: string;
  /** Line of the fence, from 1. */
  readonly line: number;
}

export interface Document {
  /** From the root of the repository, with slashes. */
  readonly file: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** Inline code, without its backticks. */
  readonly spans: readonly string[];
  readonly links: readonly string[];
  /** Names by which headings can be linked to. */
  readonly anchors: ReadonlySet<string>;
}

/** Everything written for people, generated pages included. */
export function readDocuments(): readonly Document[] {
  const root = fs.readdirSync('.').filter((name) => /^[A-Z]+\.md$/.test(name));
  const docs = fs
    .readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => ['docs', ...name.split(path.sep)].join('/'));
  return [...root, ...docs.sort()].map(readDocument);
}

export function readDocument(file: string): Document {
  const text = fs.readFileSync(file, 'utf8');
  const { blocks, prose } = divide(text);
  return {
    file,
    text,
    blocks,
    spans: [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span),
    links: [...prose.replace(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target),
    anchors: new Set([...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) => anchorOf(title))),
  };
}

/** Lines inside fences, and all others. */
function divide(text: string): { readonly blocks: readonly Block[]; readonly prose: string } {
  const blocks: Block[] = [];
  const prose: string[] = [];
  let open: { language: string; lines: string[]; line: number } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```([a-z]*)$/.exec(line);
    if (open === undefined && fence !== null) open = { language: fence[1] ?? '', lines: [], line: index + 1 };
    else if (open === undefined) prose.push(line);
    else if (fence !== null) {
      blocks.push({ language: open.language, text: open.lines.join('\n'), line: open.line });
      open = undefined;
    } else open.lines.push(line);
  }
  if (open !== undefined) throw new Error(`the fence in line ${open.line} is not closed`);
  return { blocks, prose: prose.join('\n') };
}

/** As code hosts make them: lower case, signs dropped, spaces to dashes. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}
