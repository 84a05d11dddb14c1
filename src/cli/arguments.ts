/** Turns the words of a command line into the input of a verb, by the verb's own description. */
import { parseArgs } from 'node:util';
import { WaybillError } from '../base/errors.ts';
import { nearest } from '../base/nearest.ts';
import { type Command, globalOptions, type Input, type Option } from './command.ts';

/** @throws WaybillError USAGE saying which word is wrong and what was meant */
export function readInput(command: Command, words: readonly string[]): Input {
  const options: Readonly<Record<string, Option>> = { ...globalOptions, ...command.options };
  const usage = (found: string) =>
    new WaybillError('USAGE', `Cannot run waybill ${command.name}: ${found}`, { hint: `waybill help ${command.name}` });
  const parsed = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      Object.entries(options).map(([name, option]) => [
        name,
        { type: takesValue(name, option, words) ? 'string' : 'boolean' } as const,
      ]),
    ),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const seen = new Map<string, string[]>();
  for (const token of parsed.tokens) {
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) {
      const likely = nearest(token.name, Object.keys(options));
      throw usage(`there is no option ${token.rawName}${likely === undefined ? '' : `; did you mean --${likely}?`}`);
    }
    const before = seen.get(token.name);
    if (before !== undefined && !option.isRepeatable) throw usage(`${token.rawName} is given twice`);
    seen.set(token.name, [...(before ?? []), token.value ?? '']);
    if (option.value === undefined && token.value !== undefined) throw usage(`${token.rawName} takes no value`);
    const isMissing = (token.value ?? '') === '' || (token.inlineValue === false && token.value?.startsWith('-'));
    if (option.value !== undefined && !option.isValueOptional && isMissing)
      throw usage(`${token.rawName} needs a value (${option.value})`);
    if (option.choices !== undefined && token.value !== undefined && !option.choices.includes(token.value)) {
      throw usage(`${token.rawName} is one of ${option.choices.join(', ')}, not ${JSON.stringify(token.value)}`);
    }
  }
  checkCount(command, parsed.positionals, usage);
  return {
    positionals: parsed.positionals,
    text: (name) => {
      const value = parsed.values[name];
      return typeof value === 'string' ? value : undefined;
    },
    texts: (name) => seen.get(name) ?? [],
    has: (name) => parsed.values[name] === true,
  };
}

/** An option whose value may be left out has none when another option, or nothing, follows. */
function takesValue(name: string, { value, isValueOptional }: Option, words: readonly string[]): boolean {
  if (value === undefined) return false;
  const next = words[words.indexOf(`--${name}`) + 1];
  return !(isValueOptional && words.includes(`--${name}`) && (next === undefined || next.startsWith('-')));
}

function checkCount(command: Command, positionals: readonly string[], usage: (found: string) => WaybillError): void {
  const required = command.arguments.filter(({ isOptional }) => !isOptional);
  const missing = required[positionals.length];
  if (positionals.length < required.length && missing !== undefined)
    throw usage(`${missing.name} is missing (${missing.description})`);
  const extra = positionals[command.arguments.length];
  if (extra !== undefined) throw usage(`${JSON.stringify(extra)} is one argument too many`);
}

export function unknownVerb(verb: string, verbs: readonly string[]): WaybillError {
  const likely = nearest(verb, verbs);
  const advice = likely === undefined ? '' : `; did you mean ${likely}?`;
  return new WaybillError('USAGE', `Cannot run waybill ${verb}: there is no such verb${advice}`, {
    hint: 'waybill help',
  });
}
