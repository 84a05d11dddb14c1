import type { JsonValue } from '../../base/canonical-json.ts';
import { readSmallFile } from '../../base/files.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { ArtifactStore } from '../../oci/store.ts';
import type { AttestOptions } from '../../trust/attestations/attest.ts';
import { defineCommand } from '../command.ts';
import type { Output } from '../outputs/attest.ts';
import { safeText } from '../print/safe-text.ts';
import { networkOptions } from '../registry.ts';
import { openSigner, signerOptions } from '../trust/signer-options.ts';
import { logOpener, logOptions } from '../trust/statement-log.ts';

export const attest = defineCommand<Output>({
  name: 'attest',
  summary: 'Say something about a package, signed, and attach it',
  description: [
    'The statement is about the digest of the package: it stays true of these bytes alone, wherever they are copied. It is stored as cosign 3 stores it, and cosign verifies it.',
    'TYPE says what kind of thing is said: a URI of your own, or one of the known kinds by its short name (docs/reference/predicates.md), which are held to their specification first. FILE is a JSON object.',
    'A result that is FAILED goes under the type gate-failed: policies ask that every statement of a type passes.',
    'The same said by the same key again changes nothing.',
  ],
  arguments: [{ name: 'REF', description: 'a package in the local store, in a registry, or oci:DIR' }],
  options: {
    type: { value: 'TYPE', description: 'What kind of thing is said: a URI, or a short name such as test-result' },
    predicate: { value: 'FILE', description: 'What is said: a file with a JSON object' },
    ...signerOptions,
    ...logOptions,
    ...networkOptions,
  },
  examples: [
    {
      command: 'waybill attest acme/digits:1.2.0 --type test-result --predicate result.json --key evaluator.key',
      comment: 'what came out of the tests',
    },
    {
      command:
        'waybill attest acme/digits:1.2.0 --type https://example.com/reviewed/v1 --predicate review.json --key evaluator.key',
      comment: 'something of your own',
    },
  ],
  output: async () => (await import('../outputs/attest.ts')).output,
  async run(context, input) {
    const [text = ''] = input.positionals;
    const { required } = await import('../trust/required.ts');
    const file = required(input, 'predicate', 'attest');
    const [{ predicateTypeNamed }, { MAX_PREDICATE_SIZE, parsePredicate }] = await Promise.all([
      import('../../trust/predicate/find.ts'),
      import('../../trust/predicate/parse.ts'),
    ]);
    const predicateType = predicateTypeNamed(required(input, 'type', 'attest'));
    const { predicate, summary } = parsePredicate(readFile(file, MAX_PREDICATE_SIZE), predicateType, file);
    const [{ openSubject }, trust, { writeStatement }] = await Promise.all([
      import('../trust/open-subject.ts'),
      import('../../trust/attestations/attest.ts'),
      import('../../trust/statement/statement.ts'),
    ]);
    await using subject = await openSubject(context, text);
    const { store, target, packageName, isRemote } = subject;
    const signer = await openSigner(context, input);
    const statement = writeStatement(
      { name: packageName, digest: target.digest },
      predicateType,
      predicate as JsonValue,
    );
    const openLog = await logOpener(context, input);
    const enter = openLog === undefined ? undefined : await entering(store, target, openLog);
    const now = context.clock.now();
    const { referrer, bundle, isNew } = await trust.attest(store, target, { signer, statement, now, enter });
    return {
      digest: target.digest,
      predicateType,
      keyId: signer.publicKey.id,
      result: isNew ? 'attached' : 'present',
      bundle,
      referrer: referrer.digest,
      logged: openLog !== undefined,
      where: isRemote ? 'registry' : 'store',
      ...(summary === undefined ? {} : { summary }),
    };
  },
  print: ({ digest, predicateType, keyId, result, where, summary, logged }, paint) => {
    const done = result === 'attached' ? paint.good('attached') : paint.dim('attached before: nothing to do');
    const lines = [
      `${done} ${paint.bold(predicateType)}`,
      `  to   ${digest}`,
      `  by   key ${keyId.slice(0, 16)}`,
      ...(summary === undefined ? [] : [`  says ${safeText(summary)}`]),
    ];
    if (logged) lines.push('  logged, with a proof beside it');
    if (where === 'store') lines.push(paint.dim('  waybill push takes it along'));
    return lines.join('\n');
  },
});

/** Opens the log when all else is ready: others wait meanwhile. */
async function entering(
  store: ArtifactStore,
  target: Descriptor,
  open: NonNullable<Awaited<ReturnType<typeof logOpener>>>,
): Promise<NonNullable<AttestOptions['enter']>> {
  const { logStatements } = await import('../../model/signing/log-statements.ts');
  return async (signed) => {
    using log = await open();
    return logStatements(store, target, [signed], log);
  };
}

function readFile(file: string, limit: number): Buffer {
  try {
    return readSmallFile(file, limit);
  } catch (error) {
    throw explainSystemError(`Cannot read ${file}`, error);
  }
}
