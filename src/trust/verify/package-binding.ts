/**
 * What a publisher's statement binds together: the name under which a package may be believed, its
 * version, the list of its files, and the signature over those files. Without it the parts of two
 * packages could be mixed, and a fraud model pass as a digits model of the same publisher.
 */
import { WaybillError } from '../../base/errors.ts';
import { attempt } from '../attempt.ts';
import type { Attestation } from '../attestations/attestation.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { JsonObject } from '../encoding/signed-json.ts';
import { compareResources } from '../oms/compare.ts';
import { readModelSignature } from '../oms/read.ts';
import { predicateTypes } from '../predicate-types.ts';
import type { Case } from './evidence.ts';
import { type Refusal, refusal } from './refusal.ts';
import { type Speaker, speakerOf } from './speaker.ts';

export interface Publication {
  readonly speaker: Speaker;
  /** When it was signed, as far as that is proved; else now. */
  readonly at: number;
}

export function refusalOfBinding({ statement }: Attestation, by: Publication, asked: Case): Refusal | undefined {
  if (statement?.predicateType !== predicateTypes.package) return undefined;
  const { predicate, subjects } = statement;
  if (subjects.length !== 1) return refusal('malformed', 'it is about several packages');
  return refusalOfName(predicate, asked) ?? refusalOfFiles(predicate, by, asked);
}

function refusalOfName({ name }: JsonObject, { asked, rule, package: own }: Case): Refusal | undefined {
  const shown = JSON.stringify(name);
  if (name !== asked.repository && !rule.aliases.includes(String(name)) && !rule.anyName)
    return refusal('wrong-name', `it is about ${shown}, and ${asked.repository} was asked for`);
  return own.name === undefined || own.name === name
    ? undefined
    : refusal('wrong-name', `it is about ${shown}, and the package calls itself ${own.name}`);
}

function refusalOfFiles(predicate: JsonObject, { speaker, at }: Publication, asked: Case): Refusal | undefined {
  const { version, setDigest, omsBundle, omsRoot } = predicate;
  const own = asked.package;
  if (own.version !== undefined && version !== own.version)
    return refusal('wrong-files', `it is about version ${JSON.stringify(version)}, and the package is ${own.version}`);
  if (setDigest !== own.setDigest) return refusal('wrong-files', 'it is about another set of files');
  const signature = asked.attestations.find(({ bundle }) => bundle?.digest === omsBundle);
  if (signature?.bundle === undefined)
    return refusal('wrong-files', 'the signature over the files that it names is not attached');
  const signer = speakerOf(signature, asked.policy, at);
  if ('reason' in signer || signer.keyId !== speaker.keyId)
    return refusal('wrong-files', 'the signature over the files that it names is not by the same key');
  return refusalOfSignature(signature.bundle, omsRoot, asked);
}

function refusalOfSignature(bundle: Bundle, omsRoot: unknown, { package: own }: Case): Refusal | undefined {
  const signature = attempt(() => readModelSignature(bundle));
  if (signature instanceof WaybillError) return refusal('wrong-files', signature.message);
  if (signature.root !== omsRoot)
    return refusal('wrong-files', 'the signature over the files that it names has another root');
  // What Model Signing always leaves out is in SHA256SUMS, whose digest was compared.
  const [wrong] = compareResources(signature, own.files, own.files);
  return wrong === undefined
    ? undefined
    : refusal('wrong-files', `the signature over the files does not fit the package: ${wrong.path} ${wrong.message}`);
}
