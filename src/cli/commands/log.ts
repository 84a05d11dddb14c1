import { WaybillError } from '../../base/errors.ts';
import { type Command, defineCommand } from '../command.ts';
import type { Output } from '../outputs/log.ts';
import { formatLog, isVerbatim } from '../print/log.ts';
import { networkOptions } from '../registry.ts';
import { logActions } from '../trust/log/index.ts';
import { signerOptions } from '../trust/signer-options.ts';

/** A log signs with a key; certificates say nothing to those who verify it. */
const { certificates: _, ...keyOptions } = signerOptions;

export const log: Command<Output> = defineCommand({
  name: 'log',
  summary: 'Keep a transparency log, prove that something is in it, and find out when it cheats',
  description: [
    'A transparency log is a list to which entries are only added, in a folder (C2SP tlog-tiles). Its checkpoint, signed with an Ed25519 key, says how many entries there are and covers all of them by one hash. What is changed, taken out or put in later shows.',
    'init DIR --origin NAME --key FILE: begins a log and prints its verifier key, which everybody needs who is to believe it.',
    'append DIR FILE --key FILE: adds the file as one entry (`-`: standard input), or each of its lines with --lines. When it ends a signed checkpoint covers all of them. A kill at any moment leaves a log that the next append goes on with.',
    'checkpoint LOG: prints the signed checkpoint. LOG is a folder or an http address. --add FILE puts the signatures of witnesses below it.',
    'prove LOG INDEX: makes the proof of an entry, a file that needs no network (C2SP tlog-proof). With --entry FILE in place of INDEX the entry is looked for, with --bundle FILE that of a signed statement.',
    'verify PROOF --entry FILE --vkey KEY: whether the entry is in the log.',
    'check LOG --vkey KEY: derives the whole log anew from its entries, and names the first place that differs.',
    'compare LOG LOG --vkey KEY: whether two views are of one log: folders, addresses, or files with a checkpoint. When they are not, both signed checkpoints are shown: together they prove that the log has cheated.',
    "witness LOG --vkey KEY --name NAME --key FILE: signs a log's checkpoint as a witness, if it goes on from the one that was seen before. The key is to be another than that of the log.",
    'serve DIR: serves a log read-only over HTTP; any web server can do the same with the folder.',
    "Verbs that are given --vkey remember the last checkpoint of each log in the user's data folder. A log that has fewer entries later, or another past, is refused, and both checkpoints are kept as evidence.",
  ],
  arguments: [
    { name: 'ACTION', description: 'init, append, checkpoint, prove, verify, check, compare, witness or serve' },
    { name: 'LOG', description: 'a folder, or the http address of a log; of verify: the proof', isOptional: true },
    { name: 'WHAT', description: 'append: a file; prove: an index; compare: the other log', isOptional: true },
  ],
  options: {
    origin: {
      value: 'NAME',
      description: 'The name of the log, best its address without https:// (default: the name in its key)',
    },
    vkey: { value: 'KEY', description: 'The verifier key of the log, or a file that holds it' },
    witnesses: { value: 'FILE', description: 'Verifier keys of witnesses, one a line, whose signatures are verified' },
    entry: { value: 'FILE', description: 'verify, prove: the entry' },
    bundle: { value: 'FILE', description: 'verify, prove: the signature bundle of which the entry tells' },
    lines: { description: 'append: each line is an entry' },
    out: {
      value: 'FILE',
      description: 'prove, witness: write to a file, not to standard output; init: write the verifier key to it',
    },
    add: { value: 'FILE', description: 'checkpoint: put the signatures in this file below the checkpoint' },
    name: { value: 'NAME', description: 'witness: the name of the witness' },
    listen: {
      value: 'HOST:PORT',
      description: 'serve: where to listen (default: 127.0.0.1:8090; port 0 picks a free one)',
    },
    ...keyOptions,
    ca: networkOptions['ca'] ?? { value: 'FILE', description: '' },
  },
  examples: [
    {
      command: 'waybill log init log --origin log.example/models --key log.key --out log.vkey',
      comment: 'begin a log',
    },
    { command: 'waybill log append log decision.json --key log.key', comment: 'add an entry' },
    { command: 'waybill log prove log 0 --out decision.tlog-proof', comment: 'prove that it is in the log' },
    {
      command: 'waybill log verify decision.tlog-proof --entry decision.json --vkey log.vkey',
      comment: 'believe it, without the log and without a network',
    },
    { command: 'waybill log check log --vkey log.vkey', comment: 'derive the whole log anew' },
    {
      command: 'waybill log compare log checkpoint.yesterday --vkey log.vkey',
      comment: 'whether it goes on from yesterday',
    },
    { command: 'waybill log serve log', comment: 'let others read it' },
  ],
  output: async () => (await import('../outputs/log.ts')).output,
  async run(context, input) {
    const [action = '', ...words] = input.positionals;
    const load = Object.hasOwn(logActions, action) ? logActions[action] : undefined;
    if (load === undefined)
      throw new WaybillError(
        'USAGE',
        `Cannot run waybill log ${action}: there is ${Object.keys(logActions).join(', ')}`,
        {
          hint: 'waybill help log',
        },
      );
    const loaded = await load();
    const needed = loaded.arguments.filter((name) => !name.endsWith('?'));
    if (words.length < needed.length || words.length > loaded.arguments.length)
      throw new WaybillError('USAGE', `Cannot run waybill log ${action}: it takes ${loaded.arguments.join(' ')}`, {
        hint: 'waybill help log',
      });
    return await loaded.run(context, input, words);
  },
  print: formatLog,
  isVerbatim,
  exitOf: ({ verdict }) => (verdict === 'fail' ? 1 : 0),
});
