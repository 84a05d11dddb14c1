/** Writes waybill.yaml from what a look at the folder gave, with a comment where a person is needed. */
import { stringify } from 'yaml';
import type { DeclaredTensor } from '../facts/interface.ts';
import { componentNames } from '../media-types.ts';
import { WAYBILL_SCHEMA_URL } from '../waybill-file/schema.ts';
import { FILE_VERSION } from '../waybill-file/versions.ts';
import type { Look } from './look.ts';

export function writeWaybillFile({
  facts,
  statements,
  interface: declared,
  imported,
  created,
  languages,
  baseModels,
  locks,
  sorted,
}: Look): string {
  const fact = (key: string) => facts.find((derived) => derived.key === key)?.value;
  const under = (section: string) => {
    const own = facts.filter(({ key }) => key.startsWith(`${section}.`));
    return Object.fromEntries(own.map(({ key, value }) => [key.slice(section.length + 1), value]));
  };
  const model = {
    ...under('model'),
    ...Object.fromEntries(statements.map(({ key, value }) => [key.replace(/^model\./, ''), value])),
    ...(languages.length === 0 ? {} : { languages: [...languages] }),
    ...(baseModels.length === 0 ? {} : { baseModels }),
  };
  const lines = [
    `# yaml-language-server: $schema=${WAYBILL_SCHEMA_URL}`,
    `waybill: ${FILE_VERSION}`,
    ...yamlOf({ name: fact('name'), version: fact('version') }),
    '# summary: what the model does, in one sentence',
    '# owner: { team: your-team, contact: you@example.com }',
    ...sectionOf('licenses', under('licenses')),
    ...sectionOf('model', model),
    'components:',
  ];
  for (const component of componentNames) {
    const list = sorted.components.get(component);
    if (list === undefined) continue;
    const inline = `  ${component}: [${list.map(quoted).join(', ')}]`;
    if (inline.length <= 100) lines.push(inline);
    else lines.push(`  ${component}:`, ...list.map((item) => `    - ${quoted(item)}`));
  }
  if (sorted.components.size === 0) lines.push('  weights: [weights/**] # nothing was found: name your files here');
  if (declared !== undefined)
    lines.push(
      'interface:',
      ...tensorLines('inputs', declared.inputs),
      ...tensorLines('outputs', declared.outputs),
      ...('parameters' in declared ? [`  parameters: ${flow(declared.parameters)}`] : []),
      ...(created.length === 0
        ? []
        : ['  examples:', ...created.map(({ path }) => `    - ${flow({ request: path })}`)]),
    );
  if (fact('runtime.model') !== undefined)
    lines.push(...sectionOf('runtime', { engine: 'onnx', model: fact('runtime.model') }));
  const requires = imported?.requires ?? {};
  const environment = {
    ...(Object.keys(requires).length === 0 ? {} : { requires }),
    ...(locks.length === 0 ? {} : { locks: [...locks] }),
  };
  lines.push(...sectionOf('environment', environment), ...sectionOf('provenance', { ...imported?.provenance }));
  return `${lines.join('\n')}\n`;
}

/** One tensor on one line, as people write them. */
function tensorLines(side: string, tensors: readonly DeclaredTensor[]): string[] {
  const line = ({ name, datatype, shape, ...more }: DeclaredTensor) => {
    const facts = Object.entries(more).map(([key, value]) => `, ${key}: ${flow(value)}`);
    return `    - { name: ${JSON.stringify(name)}, datatype: ${datatype}, shape: [${shape.join(', ')}]${facts.join('')} }`;
  };
  return tensors.length === 0 ? [`  ${side}: []`] : [`  ${side}:`, ...tensors.map(line)];
}

/** A value on one line. */
function flow(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, aliasDuplicateObjects: false }).trimEnd();
}

function sectionOf(name: string, value: Record<string, unknown>): string[] {
  return Object.keys(value).length === 0 ? [] : yamlOf({ [name]: value });
}

function yamlOf(value: Record<string, unknown>): string[] {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd().split('\n');
}

/** A path as a YAML text that cannot be taken for anything else. */
function quoted(text: string): string {
  return /^[A-Za-z0-9_][A-Za-z0-9_./*-]*$/.test(text) ? text : JSON.stringify(text);
}
