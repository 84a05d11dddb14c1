import { WaybillError } from '../../base/errors.ts';
import { verdictOf } from '../../base/finding.ts';
import { verify as verifyArtifact } from '../../model/verify.ts';
import { sumsOfArtifact, sumsOfFolder, verifyFolder } from '../../model/verify-folder.ts';
import { checkLayoutContent } from '../../oci/layout/check.ts';
import { type Command, defineCommand, type Input } from '../command.ts';
import type { Context } from '../context.ts';
import { type Located, locate, openLocalStore } from '../locate.ts';
import { parseLocation } from '../location.ts';
import type { Output } from '../outputs/verify.ts';
import { formatFindings } from '../print/findings.ts';
import { safeText } from '../print/safe-text.ts';
import { formatTrust } from '../print/trust.ts';
import { count, formatSize } from '../print/units.ts';
import { networkOptions } from '../registry.ts';
import { expectedSignerOptions } from '../trust/expected-signer-options.ts';
import { policyFileOf, trustOptions } from '../trust/trust-options.ts';

export const verify: Command<Output> = defineCommand({
  name: 'verify',
  summary: 'Read every byte again and compare it with its digest',
  description: [
    'A package: manifest, configuration, every layer, SHA256SUMS and the rules for names. A folder: each changed, missing and extra file, against its own SHA256SUMS or, with --against, against a package whose weights need not be there.',
    'With --trust a package is also held to a policy, trust.yaml: who must have stated what about exactly these bytes, one line for each requirement. Whatever is missing is not satisfied; what could not be told, as with an old revocation list, is neither pass nor fail but exit status 2. What trust.yaml says: [trust.yaml](trust-file.md).',
    'With --signature a folder is held to a model signature (OpenSSF Model Signing), as waybill sign and model_signing write it: whose it is first, then every file, none excepted but the signature itself.',
    'That bytes are whole does not say whose they are: a folder that passes against its own list only agrees with itself. File modes are not part of SHA256SUMS.',
  ],
  arguments: [{ name: 'REF|DIR', description: 'a package, or a folder (beginning with . or /)', isOptional: true }],
  options: {
    'with-bases': { description: 'Verify the packages under model.baseModels too, and theirs; registries are asked' },
    against: { value: 'REF', description: 'Hold a folder to the list of this package' },
    signature: { value: 'FILE', description: 'Hold a folder to this signature; needs --key or --roots' },
    ...expectedSignerOptions,
    store: {
      value: 'DIR',
      isValueOptional: true,
      description: 'The local store; without REF or DIR the store itself is verified, every blob and every name',
    },
    ...trustOptions,
    ...networkOptions,
  },
  examples: [
    { command: 'waybill verify acme/digits:1.2.0', comment: 'a package in the local store' },
    { command: 'waybill verify acme/digits:1.2.0 --trust trust.yaml', comment: 'whose it is, and who stands for it' },
    {
      command: 'waybill verify ./restored --signature ./restored/model.sig --key publisher.pub',
      comment: 'a folder that somebody signed',
    },
    { command: 'waybill verify ./restored --against acme/digits:1.2.0', comment: 'an unpacked folder, file by file' },
  ],
  output: async () => (await import('../outputs/verify.ts')).output,
  run: (context, input) => {
    const [subject] = input.positionals;
    if (subject === undefined && (input.has('store') || input.text('store') !== undefined)) return verifyStore(context);
    if (subject === undefined)
      throw new WaybillError('USAGE', 'Cannot verify: nothing is named', {
        hint: 'waybill verify REF, waybill verify ./DIR or waybill verify --store',
      });
    return parseLocation(subject).kind === 'folder'
      ? verifyDir(context, subject, input)
      : verifyRef(context, subject, input);
  },
  print(output, paint) {
    const what = { package: 'file', folder: 'file', store: 'blob' }[output.subject];
    const verdict = output.verdict === 'pass' ? paint.good('pass') : paint.bad('fail');
    const lines = [`${verdict}  ${count(output.fileCount, what)}, ${formatSize(output.bytesRead)} read`];
    if (output.digest !== undefined) lines.push(`  digest      ${output.digest}`);
    if (output.setDigest !== undefined) lines.push(`  set digest  ${output.setDigest}`);
    if (output.signature !== undefined) {
      const { keyId, name } = output.signature;
      lines.push(`  signed      as ${safeText(name)}, by the key ${keyId.slice(0, 16)}`);
    }
    for (const { ref, digest, verdict } of output.bases ?? [])
      lines.push(`  base        ${digest} ${safeText(ref)}${verdict === 'pass' ? '' : ` ${paint.bad('fail')}`}`);
    if (output.trust !== undefined)
      lines.push(...formatTrust({ ...output.trust, requirements: output.requirements ?? [] }, paint));
    if (output.findings.length > 0) lines.push('', formatFindings(output.findings, paint));
    return lines.join('\n');
  },
  exitOf: ({ verdict }) => (verdict === 'pass' ? 0 : 1),
});

async function verifyRef(context: Context, subject: string, input: Input): Promise<Output> {
  if (input.text('signature') !== undefined)
    throw new WaybillError('USAGE', `Cannot verify ${subject}: --signature is for folders, and this is none`, {
      hint: 'What is attached to a package: waybill attestations REF',
    });
  if (input.text('against') !== undefined)
    throw new WaybillError(
      'USAGE',
      `Cannot verify ${subject}: --against holds a folder to a package, and this is no folder`,
      {
        hint: `For a folder write ./${subject}; to compare two packages: waybill diff A B`,
      },
    );
  await using found = await locate(context, subject);
  const {
    setDigest,
    files: _,
    bytesKnown: __,
    ...result
  } = await verifyArtifact(found.store, found.target, {
    progress: context.progress,
    signal: context.signal,
  });
  const own: Output = {
    ...result,
    ...(setDigest === undefined ? {} : { setDigest }),
    subject: 'package',
    findings: [...result.findings],
  };
  // Of a package that is damaged it is not known what its bases are.
  if (result.verdict === 'fail') return own;
  const isAsked = policyFileOf(context, input) !== undefined || input.has('require-memory');
  const judged = isAsked ? await withTrust(context, input, { subject, found, own }) : own;
  if (!input.has('with-bases')) return judged;
  const { verifyWithBases } = await import('../verify-with-bases.ts');
  return verifyWithBases(context, { subject, found, own: judged });
}

async function withTrust(
  context: Context,
  input: Input,
  { subject, found, own }: { readonly subject: string; readonly found: Located; readonly own: Output },
): Promise<Output> {
  const { judge } = await import('../trust/judge.ts');
  const { trust, findings } = await judge(context, input, { text: subject, found });
  const all = [...own.findings, ...findings];
  if (trust === undefined) return own;
  const { requirements, ...verdict } = trust;
  return { ...own, verdict: verdictOf(all), trust: verdict, requirements, findings: all };
}

async function verifyDir(context: Context, folder: string, input: Input): Promise<Output> {
  const misplaced = Object.keys(trustOptions).find((name) => input.text(name) !== undefined || input.has(name));
  if (misplaced !== undefined)
    throw new WaybillError('USAGE', `Cannot verify ${folder}: --${misplaced} is for packages, and this is a folder`, {
      hint: 'Verify the package that it was unpacked from, then the folder with --against',
    });
  const [against, signature] = [input.text('against'), input.text('signature')];
  if (signature !== undefined) {
    if (against !== undefined)
      throw new WaybillError('USAGE', `Cannot verify ${folder}: --against and --signature are two questions`, {
        hint: 'Ask one after the other',
      });
    const { verifySignature } = await import('../trust/verify-signature.ts');
    return verifySignature(context, folder, signature, input);
  }
  const unused = Object.keys(expectedSignerOptions).find((name) => input.text(name) !== undefined || input.has(name));
  if (unused !== undefined)
    throw new WaybillError('USAGE', `Cannot verify ${folder}: --${unused} belongs to --signature`, {
      hint: `waybill verify ${folder} --signature ${folder}/model.sig --${unused} …`,
    });
  const expected = against === undefined ? sumsOfFolder(folder) : await sumsOf(context, against);
  const result = await verifyFolder(folder, expected, { progress: context.progress, signal: context.signal });
  return { ...result, subject: 'folder', findings: [...result.findings] };
}

async function sumsOf(context: Context, reference: string): ReturnType<typeof sumsOfArtifact> {
  await using found = await locate(context, reference);
  return await sumsOfArtifact(found.store, found.target);
}

async function verifyStore(context: Context): Promise<Output> {
  await using store = await openLocalStore(context, 'read');
  const { findings, blobs, bytes } = await checkLayoutContent(store, {
    progress: context.progress,
    signal: context.signal,
  });
  return {
    verdict: verdictOf(findings),
    subject: 'store',
    fileCount: blobs,
    bytesRead: bytes,
    findings: [...findings],
  };
}
