import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { makeFolders, writeAtomically } from '../../base/files.ts';
import { lookAt } from '../../model/init/look.ts';
import { layTemplate } from '../../model/init/template.ts';
import { writeWaybillFile } from '../../model/init/write.ts';
import { WAYBILL_FILE } from '../../model/waybill-file/schema.ts';
import { type Command, defineCommand } from '../command.ts';
import type { Output } from '../outputs/init.ts';
import { safeText } from '../print/safe-text.ts';
import { formatTable } from '../print/table.ts';
import { count } from '../print/units.ts';

export const init: Command<Output> = defineCommand({
  name: 'init',
  summary: 'Look at a folder and write a waybill.yaml for it',
  description: [
    'Sorts every file into a component by name and format (docs/reference/init-rules.md), finds the licence by its text, the architecture in config.json and what the README says at its top, proposes name and version, and lists what it could not know.',
    'Understands plain folders, Hugging Face folders and snapshots of its cache, MLflow models (of which it runs nothing and opens no pickle), and folders with only a model file.',
  ],
  arguments: [{ name: 'DIR', description: 'the folder (default: the current one)', isOptional: true }],
  options: {
    template: {
      description: 'Lay out the standard folders with a small model, a card, an example and a test that work at once',
    },
    force: { description: 'Replace a waybill.yaml that is there' },
  },
  examples: [
    { command: 'waybill init ./digits', comment: 'a folder that you have' },
    { command: 'waybill init ./new-model --template', comment: 'a new one' },
  ],
  output: async () => (await import('../outputs/init.ts')).output,
  async run(_context, input): Promise<Output> {
    const folder = input.positionals[0] ?? '.';
    const file = path.join(folder, WAYBILL_FILE);
    if (input.has('template')) {
      const created = layTemplate(folder);
      return {
        file,
        derived: [],
        components: {},
        leftOut: [],
        missing: [
          'replace weights/model.onnx, which only hands its input back, with your model',
          'fill in docs/card.yaml and owner in waybill.yaml',
        ],
        created: [...created],
      };
    }
    if (fs.existsSync(file) && !input.has('force'))
      throw new WaybillError('DESTINATION_EXISTS', `Cannot write ${file}: it exists`, {
        hint: 'Edit it, or add --force to write a new one',
      });
    const look = await lookAt(folder);
    for (const { path: name, text } of look.created) {
      makeFolders(path.dirname(path.join(folder, name)));
      writeAtomically(path.join(folder, name), text);
    }
    writeAtomically(file, writeWaybillFile(look));
    const counts = new Map<string, number>();
    for (const component of look.sorted.assigned.values())
      if (component !== undefined) counts.set(component, (counts.get(component) ?? 0) + 1);
    return {
      file,
      derived: [...look.facts, ...look.told],
      components: Object.fromEntries(counts),
      leftOut: [...look.sorted.leftOut],
      missing: [...look.missing],
      created: look.created.map(({ path }) => path),
    };
  },
  print({ file, derived, components, leftOut, missing, created }, paint) {
    const lines = [`${paint.good('wrote')} ${paint.bold(file)}`];
    if (created.length > 0) lines.push(...created.map((name) => `  ${name}`));
    if (derived.length > 0)
      lines.push(
        formatTable(
          [{}, {}, {}],
          derived.map(({ key, value, from }) => [key, safeText(value), paint.dim(`from ${safeText(from)}`)]),
          '  ',
        ),
      );
    const sorted = Object.entries(components).map(([name, number]) => `${name} ${number}`);
    if (sorted.length > 0)
      lines.push(
        `  ${paint.dim('files')}  ${sorted.join(', ')}${leftOut.length > 0 ? `; ${count(leftOut.length, 'file')} left out` : ''}`,
      );
    if (missing.length > 0)
      lines.push('', paint.warn('for you to add or look at'), ...missing.map((text) => `  - ${safeText(text)}`));
    lines.push('', `next: waybill pack ${path.dirname(file)}`);
    return lines.join('\n');
  },
});
