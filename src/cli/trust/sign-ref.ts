/** `waybill sign REF`: a package, as its publisher. */
import { WaybillError } from '../../base/errors.ts';
import { type SignPackageOptions, signPackage } from '../../model/signing/sign-package.ts';
import { predicateTypes } from '../../trust/predicate-types.ts';
import type { Input } from '../command.ts';
import type { Context } from '../context.ts';
import type { Output } from '../outputs/sign.ts';
import { openCache } from './open-cache.ts';
import { type OpenSubject, openSubject } from './open-subject.ts';
import { openSigner } from './signer-options.ts';
import { logOpener } from './statement-log.ts';

/** @throws WaybillError USAGE; as openSigner, openSubject, signPackage and the log do */
export async function signRef(context: Context, text: string, input: Input): Promise<Output> {
  if (input.text('signature') !== undefined)
    throw new WaybillError('USAGE', `Cannot sign ${text}: --signature is for folders`, {
      hint: 'What is signed of a package is attached to it; waybill unpack --with-signature takes it out',
    });
  const now = new Date(context.clock.now());
  const expires = readExpiry(input.text('expires'), now);
  await using subject = await openSubject(context, text);
  const signer = await openSigner(context, input);
  const log = await logOpener(context, input);
  using cache = openCache(context, input);
  const { store, target } = subject;
  const signed = await signPackage(store, target, {
    signer,
    now,
    expires,
    named: namesIn(subject),
    log,
    cache,
    progress: context.progress,
    signal: context.signal,
  });
  const { facts, attached } = signed;
  return {
    subject: 'package',
    result: attached.length === 0 ? 'unchanged' : 'signed',
    predicateType: predicateTypes.package,
    keyId: signer.publicKey.id,
    name: signed.name,
    version: signed.version,
    digest: facts.digest,
    ...(facts.setDigest === undefined ? {} : { setDigest: facts.setDigest }),
    omsRoot: signed.root,
    omsBundle: signed.modelBundle,
    bundle: signed.packageBundle,
    ...(expires === undefined ? {} : { expires: expires.toISOString() }),
    where: subject.isRemote ? 'registry' : 'store',
    attached: attached.map(({ digest }) => digest),
    logged: log !== undefined,
    fileCount: facts.files.size,
    bytesRead: signed.bytesRead,
    bytesKnown: signed.bytesKnown,
    findings: [...signed.findings],
  };
}

/** For what states neither: the names by which it was found. */
function namesIn({ packageName, name }: OpenSubject): SignPackageOptions['named'] {
  const [, version] = /:([^:/]+)$/.exec(name ?? '') ?? [];
  return { name: packageName, version };
}

function readExpiry(text: string | undefined, now: Date): Date | undefined {
  if (text === undefined) return undefined;
  const isTime = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:\d{2}))?$/.test(text);
  // A day counts to its end, in UTC.
  const time = new Date(isTime && !text.includes('T') ? `${text}T23:59:59Z` : text);
  if (isTime && time > now && (text.includes('T') || time.toISOString().startsWith(text))) return time;
  throw new WaybillError('USAGE', `Cannot let a signature expire at ${JSON.stringify(text)}: it is no time to come`, {
    hint: 'Write it as 2027-12-31, or 2027-12-31T18:00:00Z',
  });
}
