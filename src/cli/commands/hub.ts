import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { spareMemory } from '../../base/spare-memory.ts';
import { type Command, defineCommand } from '../command.ts';
import { dataFolder } from '../folders.ts';
import { hubActions } from '../hub/index.ts';
import type { Output } from '../outputs/hub.ts';
import { formatHub } from '../print/hub.ts';

export const hub: Command<Output> = defineCommand({
  name: 'hub',
  summary: 'Serve a registry from a folder, and look after it',
  description: [
    'serve: an OCI registry (distribution 1.1) that docker, podman, oras, crane and skopeo take for a normal one. It prints one line of JSON when it is ready, logs a line for each request on stderr and stops at Ctrl-C when what is under way has ended. Without users, whoever works on this machine may do everything; with the first user it asks for names. It listens on addresses that others reach only if it has users and TLS. What can be set in hub.yaml: [hub.yaml](hub-file.md).',
    'user add, user list, user remove: who may do what, with repositories by pattern; also while the hub runs. A reader pulls, a writer pushes too, an admin deletes too.',
    'token create, token list, token revoke: access tokens stand for a user in programs; they are used as the password, or as a bearer token. The hub keeps a hash only.',
    'gc: removes uploads that were abandoned and blobs that no manifest names, while no hub runs; a hub that runs does it by itself every hour. A blob goes when it was found unnamed and its grace is over: the first run marks it, a later one takes it. With --grace 0 everything goes at once. Manifests stay until somebody deletes them. Nothing goes when the database does not know a manifest that the files record, as after it was lost or brought back from a backup: reindex first.',
    'fsck: reads every blob again and holds manifests, tags and database to each other, while no hub runs; it changes nothing and says of each finding what to do. For a hub that must not stop, let it look at a snapshot of the folder.',
    'reindex: makes the tables of repositories anew from the files beside the database, while no hub runs. Users and tokens are in the database alone: keep a copy of hub.sqlite.',
  ],
  arguments: [
    { name: 'ACTION', description: 'serve, user, token, gc, fsck or reindex' },
    { name: 'WHAT', description: 'of user: add, list, remove; of token: create, list, revoke', isOptional: true },
    { name: 'NAME', description: 'the user, or the id of the token', isOptional: true },
  ],
  options: {
    config: { value: 'FILE', description: 'The configuration, hub.yaml (default: none)' },
    listen: { value: 'HOST:PORT', description: 'Where to listen (default: 127.0.0.1:5000; port 0 picks a free one)' },
    data: { value: 'DIR', description: "What the hub keeps (default: the folder `hub` in the user's data folder)" },
    role: {
      value: 'ROLE',
      description: 'user add: what the user may do (default: reader)',
      choices: ['reader', 'writer', 'admin'],
    },
    on: { value: 'PATTERN', description: 'user add, token create: with which repositories, as acme/** (default: all)' },
    'password-stdin': { description: 'user add: read the password from standard input' },
    'tokens-only': { description: 'user add: no password; the user works with access tokens' },
    force: {
      description: 'user remove: also the last one; the hub then asks nobody any more once it is started again',
    },
    allow: {
      value: 'ACTIONS',
      description: 'token create: pull, push, delete, with commas (default: all that the user may)',
    },
    days: { value: 'N', description: 'token create: how long it holds; 0 has no end (default: 90)' },
    note: { value: 'TEXT', description: 'token create: what it is for' },
    grace: { value: 'HOURS', description: 'gc: how long what nothing names is kept (default: 24)' },
    'dry-run': { description: 'gc: only say what would go' },
  },
  examples: [
    { command: 'waybill hub serve', comment: 'a registry on this machine' },
    {
      command: 'waybill hub user add ada --role writer --on "acme/**"',
      comment: 'a user, who is asked for a password',
    },
    { command: 'waybill hub token create ada --allow pull --days 30', comment: 'an access token for a program' },
    { command: 'waybill hub fsck', comment: 'whether all that it keeps is whole and agrees' },
    { command: 'waybill hub gc --dry-run', comment: 'what would go, and how many bytes' },
  ],
  output: async () => (await import('../outputs/hub.ts')).output,
  async run(context, input) {
    const [action = ''] = input.positionals;
    const load = Object.hasOwn(hubActions, action) ? hubActions[action] : undefined;
    if (load === undefined) {
      throw new WaybillError(
        'USAGE',
        `Cannot run waybill hub ${action}: there is ${Object.keys(hubActions).join(', ')}`,
        { hint: 'waybill hub serve' },
      );
    }
    if (action !== 'user' && action !== 'token' && input.positionals.length > 1)
      throw new WaybillError(
        'USAGE',
        `Cannot run waybill hub ${action}: ${input.positionals[1]} is one argument too many`,
      );
    // Before the rest is loaded, which drops 13 MiB by itself. The hub starts no threads that would pay for it.
    if (action === 'serve') spareMemory();
    const { resolveSettings } = await import('../../hub/configuration/settings.ts');
    const { settings, findings } = resolveSettings(
      input.text('config'),
      { listen: input.text('listen'), data: input.text('data') },
      path.join(dataFolder(context.environment, context.platform), 'hub'),
    );
    // Before it runs: a hub that serves says what it did only when it ends.
    for (const { level, message } of findings) context.note(`${level}: ${message}`);
    const output = await (await load()).run(context, input, settings);
    return { ...output, findings: [...findings, ...output.findings] };
  },
  print: formatHub,
  exitOf: ({ findings }) => (findings.some(({ level }) => level === 'error') ? 1 : 0),
});
