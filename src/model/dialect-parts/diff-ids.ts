/** diffIds: digests of layers without their compression, as configurations state them. */
import type { Finding } from '../../base/finding.ts';
import { digestOf, isDigest } from '../../oci/digest.ts';
import type { Layer } from '../artifact/layer.ts';
import { quirkFinding, quirks } from './quirks.ts';

/** Old kit hashed the text of the digest in place of the content: known, explained, harmless. */
export function isKitDiffId(diffId: string, contentDigest: string): boolean {
  return diffId === digestOf(contentDigest);
}

/** Whether a configuration states as many diffIds as there are layers, each a digest. */
export function checkDiffIdList(diffIds: readonly string[], layerCount: number): readonly Finding[] {
  const findings: Finding[] = [];
  if (diffIds.length !== layerCount) {
    findings.push({
      rule: 'diff-ids',
      level: 'error',
      message: `The configuration states ${diffIds.length} diffIds for ${layerCount} layers`,
    });
  }
  const odd = diffIds.find((diffId) => !isDigest(diffId));
  if (odd !== undefined)
    findings.push({ rule: 'diff-ids', level: 'error', message: `The diffId ${JSON.stringify(odd)} is not a digest` });
  return findings;
}

/** Of layers that are their files as they are: known before anything is read. */
export function checkRawDiffIds(layers: readonly Layer[]): readonly Finding[] {
  return layers.flatMap(({ form, diffId, descriptor: { digest }, path }): readonly Finding[] => {
    if (form !== 'raw' || diffId === undefined || diffId === digest) return [];
    if (isKitDiffId(diffId, digest)) return [quirkFinding(quirks.kitDiffId, path)];
    const message = `The diffId ${diffId} is not the digest of the layer's content, ${digest}`;
    return [{ rule: 'diff-ids', level: 'error', path, message }];
  });
}
