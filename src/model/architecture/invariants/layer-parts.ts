import type { Finding } from '../../../base/finding.ts';
import type { Invariant } from '../invariant.ts';
import type { FoundStack } from '../network/find.ts';
import { isInAnotherForm } from '../network/logical-shape.ts';

/** As many as somebody reads. */
const SHOWN = 20;

/** In networks of like layers each has the same tensors. */
export const layerParts: Invariant = {
  id: 'layer-parts',
  title: 'Every layer has the same tensors as the others.',
  needs: 'a family of networks whose layers are known to be alike',
  rules: ['model-tensor-missing'],
  check: ({ network, record }) =>
    network?.family.uniform.includes(record.modelType ?? '') === true ? network.stacks.flatMap(checkStack) : [],
};

function checkStack({ path, layers }: FoundStack): readonly Finding[] {
  const counts = new Map<string, number>();
  for (const layer of layers.values()) {
    for (const part of layer.keys()) if (isWeight(part)) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  const missing: string[] = [];
  for (const [part, count] of counts) {
    // What only few layers have is nothing that the others lack.
    if (count === layers.size || count * 2 <= layers.size) continue;
    for (const [index, layer] of layers)
      if (!layer.has(part) && !isInAnotherForm(part, layer)) missing.push(`${path}${index}.${part}`);
  }
  const findings = missing.slice(0, SHOWN).map(
    (name) =>
      ({
        rule: 'model-tensor-missing',
        level: 'error',
        message: `${name} is missing, and the other layers have it`,
      }) as const,
  );
  const rest = missing.length - findings.length;
  return rest === 0
    ? findings
    : [
        ...findings,
        { rule: 'model-tensor-missing', level: 'error', message: `${rest} more tensors are missing in layers` },
      ];
}

/** Tables that old programs saved with the weights are in some layers only. */
function isWeight(part: string): boolean {
  return /\.(?:weight|bias)$/.test(part);
}
