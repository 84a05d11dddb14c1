/** The configuration against ModelPack 0.0.7: its schema, and what the prose of docs/config.md asks beside it. */
import { WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import { isDigest } from '../../oci/digest.ts';
import { problemOfConfig } from '../artifact/config.ts';
import { asRecord, listIn, textIn } from '../dialect-parts/facts.ts';
import { licence } from '../waybill-file/texts.ts';
import { broken } from './rules.ts';

/** One digit behind the point at most; the letter in either case. */
const PARAM_SIZE = /^\d+(?:\.\d)?[qtbmk]$/i;

const PRECISIONS = new Set([
  'float32',
  'float64',
  'float16',
  'bfloat16',
  'float8_e4m3',
  'float8_e5m2',
  'complex32',
  'complex64',
  'complex128',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
]);

/** @returns the diffIds as they are stated, and what is wrong */
export function checkConfig(
  bytes: Uint8Array,
  layerCount: number,
): { readonly diffIds: readonly unknown[]; readonly findings: readonly Finding[] } {
  let value: unknown;
  try {
    value = parseStrictJson(bytes, 'configuration');
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    return { diffIds: [], findings: [broken('modelpack-config-schema', error.message)] };
  }
  const problem = problemOfConfig(value);
  const config = asRecord(value);
  const modelfs = asRecord(config['modelfs']);
  const diffIds = listIn(modelfs, 'diffIds');
  return {
    diffIds,
    findings: [
      ...(problem === undefined
        ? []
        : [broken('modelpack-config-schema', `The configuration is not valid: ${problem}`)]),
      ...('diffIds' in modelfs ? checkDiffIds(diffIds, layerCount) : []),
      ...checkWords(asRecord(config['config'])),
      ...checkDescriptor(asRecord(config['descriptor'])),
    ],
  };
}

function checkDiffIds(diffIds: readonly unknown[], layerCount: number): readonly Finding[] {
  const findings: Finding[] = [];
  if (diffIds.length !== layerCount)
    findings.push(
      broken('modelpack-diff-id-count', `The configuration states ${diffIds.length} diffIds for ${layerCount} layers`),
    );
  for (const diffId of diffIds) {
    if (!isDigest(diffId))
      findings.push(broken('modelpack-diff-id-syntax', `The diffId ${JSON.stringify(diffId)} is not a digest`));
  }
  return findings;
}

function checkWords(config: Readonly<Record<string, unknown>>): readonly Finding[] {
  const findings: Finding[] = [];
  const size = textIn(config, 'paramSize');
  if (size !== undefined && !PARAM_SIZE.test(size)) {
    const message = `paramSize is ${JSON.stringify(size)}, not a number with Q, T, B, M or K behind it`;
    findings.push(broken('modelpack-param-size', message));
  }
  const unknown = (textIn(config, 'precision')?.split(',') ?? []).filter((one) => !PRECISIONS.has(one));
  if (unknown.length > 0) {
    const message = `precision names ${unknown.map((one) => JSON.stringify(one)).join(', ')}, which the specification does not`;
    findings.push(broken('modelpack-precision', message));
  }
  return findings;
}

function checkDescriptor(descriptor: Readonly<Record<string, unknown>>): readonly Finding[] {
  const texts = (member: string) => listIn(descriptor, member).filter((one) => typeof one === 'string');
  const wrong = texts('licenses').filter((one) => !licence.safeParse(one).success);
  const urls = [descriptor['docURL'], descriptor['sourceURL'], ...texts('datasetsURL')];
  const odd = urls.filter((url) => typeof url === 'string' && !isAbsoluteUri(url));
  return [
    ...wrong.map((one) => broken('modelpack-licence', `${JSON.stringify(one)} is no SPDX licence expression`)),
    ...odd.map((url) => broken('modelpack-uri', `${JSON.stringify(url)} is no absolute URI`)),
  ];
}

/** RFC 3986: a scheme, and no character that must be written otherwise. */
function isAbsoluteUri(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/.test(text) && URL.canParse(text);
}
