/** What the actions of a transparency log say when they are done. */
import type { Output } from '../outputs/log.ts';
import { formatFindings } from './findings.ts';
import type { Paint } from './paint.ts';
import { safeText } from './safe-text.ts';
import { formatTable } from './table.ts';
import { count } from './units.ts';

const formats: Readonly<Record<Output['action'], (output: Output, paint: Paint) => string>> = {
  init: ({ origin = '', log = '', vkey = '' }, paint) =>
    [
      `${paint.good('began')} the log ${paint.bold(safeText(origin))} in ${log}`,
      `  verifier key  ${vkey}`,
      '',
      'Give the verifier key to everybody who is to believe the log.',
    ].join('\n'),
  append: ({ first = 0, count: added = 0, ...output }, paint) => {
    const where = added === 1 ? `an entry, index ${first}` : `${added} entries, ${first} to ${first + added - 1}`;
    return `${paint.good('added')} ${added === 0 ? 'nothing' : where}\n${formatHead(output)}`;
  },
  checkpoint: ({ note = '' }) => note,
  prove: ({ proof = '', file, index = 0, size = 0 }, paint) =>
    file === undefined ? proof : `${paint.good('wrote')} ${file}\n  proves  entry ${index} of ${size}`,
  verify: ({ index = 0, cosignatures = [], seen, ...output }, paint) => {
    if (output.verdict !== 'pass') return paint.bad('fail');
    const rows = cosignatures.map(({ witness, time }) => ['witness', `${safeText(witness)}, ${time}`]);
    const unchecked =
      seen === 'unchecked'
        ? [['before', 'not compared with what was seen of the log before: that takes the log itself']]
        : [];
    return `${paint.good('pass')}  entry ${index} is in the log\n${formatHead(output, [...rows, ...unchecked])}`;
  },
  check: ({ verdict, count: read = 0, ...output }, paint) =>
    `${verdict === 'pass' ? paint.good('pass') : paint.bad('fail')}  read ${read} of ${output.size} entries\n${formatHead(output)}`,
  compare: ({ verdict, sizes = [], notes = [] }, paint) => {
    if (verdict === 'pass') return `${paint.good('pass')}  one log, seen with ${sizes.join(' and ')} entries`;
    return [
      `${paint.bad('fail')}  two logs of one name`,
      ...notes.map((note) => note.split('\n').map(safeText).join('\n').trimEnd()),
    ].join('\n\n');
  },
  witness: ({ note = '', file, size = 0 }, paint) =>
    file === undefined ? note : `${paint.good('signed')} the checkpoint of ${size} entries\n  wrote  ${file}`,
  serve: ({ requests = 0 }) => `stopped after ${count(requests, 'request')}`,
};

/** What is printed byte for byte: notes and proofs, which somebody may verify. */
export function isVerbatim({ action, file }: Output): boolean {
  return action === 'checkpoint' || ((action === 'prove' || action === 'witness') && file === undefined);
}

export function formatLog(output: Output, paint: Paint): string {
  const text = formats[output.action](output, paint);
  return output.findings.length === 0 ? text : `${text}\n\n${formatFindings(output.findings, paint)}`;
}

function formatHead(
  { origin = '', size = 0, root = '' }: Partial<Output>,
  more: readonly (readonly string[])[] = [],
): string {
  return formatTable([{}, {}], [['log', safeText(origin)], ['size', String(size)], ['root', root], ...more], '  ');
}
