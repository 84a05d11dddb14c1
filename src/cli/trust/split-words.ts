/** Takes a command line apart without a shell: blanks separate words, quotes hold them together, nothing else means anything. */
import { WaybillError } from '../../base/errors.ts';

/** What a shell would understand outside of quotes, and inside of double ones. */
const FOR_A_SHELL = /[|&;<>()$`\\*?[\]#~!{}\n]/;
const FOR_A_SHELL_IN_QUOTES = /[$`\\!\n]/;

/**
 * @param hint what else could be done, where a shell would understand the line in another way than we
 * @throws WaybillError USAGE
 */
export function splitWords(line: string, hint: string): readonly [string, ...string[]] {
  const refuse = (found: string) => new WaybillError('USAGE', `Cannot run ${JSON.stringify(line)}: ${found}`, { hint });
  const words: string[] = [];
  let word: string | undefined;
  for (const [part] of line.matchAll(/\s+|"[^"]*"|'[^']*'|[^\s"']+|["']/g)) {
    if (part === '"' || part === "'") throw refuse('a quote in it has no end');
    const isQuoted = part.startsWith('"') || part.startsWith("'");
    if (isQuoted || part.trim() !== '') {
      if (!part.startsWith("'") && (isQuoted ? FOR_A_SHELL_IN_QUOTES : FOR_A_SHELL).test(part))
        throw refuse(`only a shell understands ${part}`);
      word = (word ?? '') + (isQuoted ? part.slice(1, -1) : part);
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  const [program, ...others] = word === undefined ? words : [...words, word];
  if (program === undefined || program === '') throw refuse('it names no program');
  return [program, ...others];
}
