/**
 * Reads the statement of an OpenSSF Model Signing 1.0 signature (§5), strictly: what its schemas do
 * not know, what two readers could take for two things, and what we do not recompute is refused.
 * Whether the signature is somebody's is for whoever has a key.
 */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { IN_TOTO_PAYLOAD } from '../dsse/envelope.ts';
import { objectWith } from '../encoding/signed-json.ts';
import { predicateTypes } from '../predicate-types.ts';
import { parseStatement, type Statement } from '../statement/statement.ts';
import { parseResources, type Resource } from './resources.ts';
import { rootOf } from './root.ts';
import { ignoredFindings, parseSerialization } from './serialization.ts';

export interface ModelSignature {
  /** What the signer calls the model; for people. */
  readonly name: string;
  /** The root digest, in hex: recomputed from the list, in the order of the list. */
  readonly root: string;
  /** As listed; names stand once. */
  readonly resources: readonly Resource[];
  /** Paths that the signer left out beside those that are always left out. */
  readonly ignoredPaths: readonly string[];
  /** What whoever believes the signer should know. */
  readonly warnings: readonly Finding[];
}

/** model_signing 0.2; its signatures are over another encoding and say less. */
const LEGACY_PREDICATE = 'https://model_signing/Digests/v0.1';

/**
 * @throws WaybillError STATEMENT_INVALID; UNSUPPORTED for what Model Signing knows and Waybill does not verify
 */
export function readModelSignature(bundle: Pick<Bundle, 'envelope'>): ModelSignature {
  const { payloadType, payload } = bundle.envelope;
  if (payloadType !== IN_TOTO_PAYLOAD)
    throw invalid(`its payload is ${JSON.stringify(payloadType)}, not ${IN_TOTO_PAYLOAD}`);
  const statement = parseStatement(payload);
  requireModelSignature(statement);
  const predicate = objectWith(statement.predicate, ['resources', 'serialization'], WHAT, 'STATEMENT_INVALID');
  const { ignoredPaths, allowsLinks } = parseSerialization(predicate['serialization']);
  const resources = parseResources(predicate['resources']);
  const root = rootOf(resources.map(({ digest }) => digest));
  const subject = subjectOf(statement);
  if (subject.root !== root)
    throw invalid(`its list of files has the root ${root}, its subject is ${subject.root}`, {
      expected: subject.root,
      found: root,
    });
  return { ...subject, root, resources, ignoredPaths, warnings: ignoredFindings(ignoredPaths, allowsLinks) };
}

const WHAT = 'the model signature';

function requireModelSignature({ version, predicateType }: Statement): void {
  if (predicateType === LEGACY_PREDICATE)
    throw invalid('it is of model_signing 0.2, whose signatures are no longer verified', {
      hint: 'Have the model signed again, by model_signing 1.0 or newer or by waybill sign',
    });
  if (predicateType !== predicateTypes.modelSignature)
    throw invalid(`its predicateType is ${JSON.stringify(predicateType)}`, { expected: predicateTypes.modelSignature });
  if (version !== 'v1') throw invalid('it is an in-toto statement of version 0.1, version 1 is asked for');
}

/** §6.5: exactly one, with a name and a SHA-256. */
function subjectOf({ subjects }: Statement): { readonly name: string; readonly root: string } {
  const [subject, ...others] = subjects;
  if (others.length > 0) throw invalid('it has more than one subject');
  const root = subject?.digest['sha256'];
  if (!subject?.name || root === undefined || Object.keys(subject.digest).length > 1)
    throw invalid('its subject must have a name and one digest, sha256');
  return { name: subject.name, root };
}

function invalid(found: string, details: { hint?: string; expected?: string; found?: string } = {}): WaybillError {
  return new WaybillError('STATEMENT_INVALID', `Cannot read ${WHAT}: ${found}`, details);
}
