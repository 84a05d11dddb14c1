/**
 * Joins what `tsc` made of the command line, and the packages that it loads, into a few files: most
 * of the time until a verb begins went into finding and opening 330 of them (docs/adr/0013). The
 * modules of the public API and of the threads stay as they are.
 */
import fs from 'node:fs';
import path from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

/** What the program loads when it is asked for more than its version. */
const ENTRY = 'cli/run.js';
const PROGRAM = 'cli/main.js';

const FOLDER = 'joined';

export async function joinCommandLine(dist: string): Promise<void> {
  const root = path.resolve(dist);
  await using build = await rolldown({
    input: { run: path.join(root, ENTRY) },
    platform: 'node',
    plugins: [keepPlaces(root)],
  });
  const { output } = await build.write({
    dir: root,
    // Node finds and loads these sooner than ES modules, and takes of its own modules only what is asked for.
    format: 'cjs',
    entryFileNames: `${FOLDER}/[name].cjs`,
    chunkFileNames: `${FOLDER}/[name]-[hash].cjs`,
  });
  turnTo(path.join(root, PROGRAM), './run.js', `../${FOLDER}/run.cjs`);
  const modules = output.flatMap((file) => (file.type === 'chunk' ? Object.keys(file.modules) : []));
  fs.writeFileSync(path.join(root, FOLDER, 'LICENSES.txt'), licencesOf(modules));
}

/** Makes a module load another file than it did. */
function turnTo(module: string, from: string, to: string): void {
  const code = fs.readFileSync(module, 'utf8');
  if (code.split(`'${from}'`).length !== 2) throw new Error(`${module} does not load ${from} in one place`);
  fs.writeFileSync(module, code.replace(`'${from}'`, `'${to}'`));
}

/** A module that looks for a file beside itself goes on finding it beside where it was. */
function keepPlaces(root: string): Plugin {
  return {
    name: 'keep-places',
    transform(code, id) {
      if (!id.startsWith(root + path.sep) || !code.includes('import.meta.url')) return null;
      const place = JSON.stringify(`../${path.relative(root, id).split(path.sep).join('/')}`);
      return code.replaceAll(
        'import.meta.url',
        `new URL(${place}, require('node:url').pathToFileURL(__filename)).href`,
      );
    },
  };
}

/** Their licences ask that their texts travel with every copy. */
function licencesOf(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []));
  const texts = [...folders].sort().map((folder) => {
    const { name, version } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (file === undefined) throw new Error(`${folder} has no licence file: it cannot be joined`);
    return `${name} ${version}\n\n${fs.readFileSync(path.join(folder, file), 'utf8').trim()}\n`;
  });
  return `The files of this folder hold parts of these packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
