import { WaybillError } from '../../base/errors.ts';
import { type Command, defineCommand } from '../command.ts';
import type { Output } from '../outputs/trust.ts';
import type { Paint } from '../print/paint.ts';
import { safeText } from '../print/safe-text.ts';
import { networkOptions } from '../registry.ts';
import { trustActions } from '../trust/actions/index.ts';
import { signerOptions } from '../trust/signer-options.ts';

export const trust: Command<Output> = defineCommand({
  name: 'trust',
  summary: 'Say whom to believe: a first policy, a revocation list, a policy for a cluster',
  description: [
    'init: writes a first trust.yaml, with the key of a publisher, or with those that signed a package. The latter says who signed it, and not whose the keys are: compare their ids. What can be set: [trust.yaml](trust-file.md).',
    'revoke: adds a key, a statement or a package to a revocation list and signs it, with the next serial number; without anything to add it is signed anew, because an old list decides nothing. Its key is one that signs nothing else. Of a key that was stolen, --since spares what witnesses of a log had seen before.',
    'admission: prints a policy for Kyverno or policy-controller of Sigstore that asks for the same statements, and says what these do not check.',
  ],
  arguments: [
    { name: 'ACTION', description: 'init, revoke or admission' },
    { name: 'REF|FILE', description: 'of init: a package whose keys to take; of revoke: the list', isOptional: true },
  ],
  options: {
    publisher: { value: 'FILE', description: 'init: the public key of the publisher' },
    match: { value: 'PATTERN', description: 'init: which repositories, as "acme/**" (default: that of REF)' },
    output: { value: 'FILE', description: 'init: what to write (default: trust.yaml)' },
    force: { description: 'init: replace a file that is there' },
    'revoke-key': { value: 'KEY', description: 'revoke: a key, by its id or the file of its public half' },
    'revoke-statement': { value: 'DIGEST', description: 'revoke: a statement, by the digest of its bundle' },
    'revoke-package': { value: 'DIGEST', description: 'revoke: a package, by the digest of its manifest' },
    since: { value: 'TIME', description: 'revoke: from when on the key may have been in other hands' },
    reason: { value: 'TEXT', description: 'revoke: why, for people' },
    for: { value: 'CONTROLLER', description: 'admission: what it is for', choices: ['kyverno', 'policy-controller'] },
    trust: { value: 'FILE', description: 'admission: the policy, trust.yaml (default: $WAYBILL_TRUST)' },
    ...signerOptions,
    ...networkOptions,
  },
  examples: [
    {
      command: 'waybill trust init --publisher acme-release.pub --match "acme/**"',
      comment: 'a key that its owner gave you',
    },
    {
      command: 'waybill trust revoke revocations.json --key revocations.key --revoke-key stolen.pub --reason stolen',
      comment: 'nothing that this key signed counts any more',
    },
    { command: 'waybill trust admission --for kyverno --trust trust.yaml', comment: 'for a Kubernetes cluster' },
  ],
  output: async () => (await import('../outputs/trust.ts')).output,
  async run(context, input) {
    const [action = ''] = input.positionals;
    const load = Object.hasOwn(trustActions, action) ? trustActions[action] : undefined;
    if (load === undefined)
      throw new WaybillError(
        'USAGE',
        `Cannot run waybill trust ${action}: there is ${Object.keys(trustActions).join(', ')}`,
        { hint: 'waybill help trust' },
      );
    return (await load()).run(context, input);
  },
  isVerbatim: ({ document }) => document !== undefined,
  print: formatAction,
});

function formatAction(
  { action, file, keys = [], match, serial, revoked = 0, document = '' }: Output,
  paint: Paint,
): string {
  if (action === 'admission') return document;
  const wrote = `${paint.good('wrote')} ${paint.bold(safeText(file ?? ''))}`;
  if (action === 'revoke') return `${wrote}  serial ${serial}, ${revoked === 1 ? '1 entry' : `${revoked} entries`}`;
  const lines = keys.map(
    ({ id, role, keyId, from }) => `  ${safeText(id)}  ${role}  ${keyId}\n    from ${safeText(from)}`,
  );
  return [
    `${wrote}  for ${match}`,
    ...lines,
    '',
    'Compare each id with what its owner says of it, by another way than the registry.',
  ].join('\n');
}
