/** Names that the code uses and the documentation explains, read out of the sources. */
import fs from 'node:fs';
import path from 'node:path';

export interface Source {
  readonly file: string;
  readonly text: string;
}

export function sourcesIn(folder: string): readonly Source[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:ts|mjs)$/.test(name) && !name.endsWith('.test.ts'))
    .map((name) => ({
      file: path.posix.join(folder, ...name.split(path.sep)),
      text: fs.readFileSync(path.join(folder, name), 'utf8'),
    }));
}

/** The forms in which a rule is given to a finding. */
const RULE_FORMS = [
  /\brule: '([a-z-]+)'/g,
  /\brule: [^\n,]*\? '([a-z-]+)' :/g,
  /\basFinding\(\w+, '([a-z-]+)'/g,
  /\bbroken\(\s*'([a-z-]+)'/g,
  /\breturn refuse\(\s*'([a-z-]+)',/g,
];

/** Ids of the rules of all findings. */
export function findingRules(): ReadonlySet<string> {
  return new Set(
    sourcesIn('src').flatMap(({ text }) =>
      RULE_FORMS.flatMap((form) => [...text.matchAll(form)].map(([, rule = '']) => rule)),
    ),
  );
}

/** Variables that are read from the environment. */
export function environmentVariables(...folders: readonly string[]): ReadonlySet<string> {
  const forms = [
    /\b(?:environment|process\.env)\[['"]([A-Z_]+)['"]\]/g,
    /'(XDG_[A-Z_]+)'/g,
    /\bprocess\.env\.([A-Z_]+)/g,
  ];
  const found = folders
    .flatMap((folder) => sourcesIn(folder))
    .flatMap(({ text }) => forms.flatMap((form) => [...text.matchAll(form)].map(([, name = '']) => name)));
  return new Set(found);
}

/** Constants of modules, as style asks to name them. */
export function constants(): ReadonlySet<string> {
  const found = sourcesIn('src').flatMap(({ text }) => [...text.matchAll(/^(?:export )?const ([A-Z_]+)\b/gm)]);
  return new Set(found.map(([, name = '']) => name));
}

/** How many limits stand in the sources, whatever their form. */
export function countLimits(...folders: readonly string[]): number {
  return folders
    .flatMap((folder) => sourcesIn(folder))
    .reduce((sum, { text }) => sum + [...text.matchAll(/^(?:export )?const MAX_/gm)].length, 0);
}
