import type { Finding } from '../../../base/finding.ts';
import type { Invariant, Subject } from '../invariant.ts';
import { differenceOf, showDifference } from '../network/expected.ts';

/** The output layer is the embedding, or a tensor of its own. */
export const head: Invariant = {
  id: 'head',
  title: 'An output layer that is not tied to the embedding is there, with a row for each row of the embedding.',
  needs: 'a family of networks that is known; for a missing one, that the configuration says that it is not tied',
  rules: ['model-head'],
  check: (subject) => [...checkMissing(subject), ...checkShape(subject)],
};

/**
 * Of networks that write text, when the embedding is there and nothing has the name of an output layer. Who saved the
 * inner network alone, as for embeddings of sentences, left the output layer out and often kept the configuration.
 */
function checkMissing({ network, record }: Subject): readonly Finding[] {
  const [name] = network?.family.head ?? [];
  if (network === undefined || name === undefined || network.prefix === '' || record.isPart) return [];
  if (record.tiedEmbeddings !== false) return [];
  if (!record.architectures.some((each) => /ForCausalLM$|LMHeadModel$/.test(each))) return [];
  const [embedding] = Object.keys(network.family.outside.embedding ?? {});
  const hasEmbedding = embedding !== undefined && network.tensors.has(network.prefix + embedding);
  // Any other name of an output layer would do.
  const hasHead = [...network.tensors.keys()].some(
    (each) => /(?:^|\.)(?:lm_head|output|embed_out|head)\b/.test(each) && !each.includes('layer'),
  );
  if (!hasEmbedding || hasHead) return [];
  return [
    {
      rule: 'model-head',
      level: 'error',
      message: `${name} is missing, and ${record.source} says that the output layer is not tied to the embedding`,
    },
  ];
}

/** As many rows as the embedding has, padded or not. */
function checkShape({ network, record }: Subject): readonly Finding[] {
  const [name, shape] = network?.family.head ?? [];
  const tensor = network?.tensors.get(name ?? '');
  if (network === undefined || tensor === undefined || shape === undefined) return [];
  const [embedding] = Object.keys(network.family.outside.embedding ?? {});
  const rows = network.tensors.get(network.prefix + (embedding ?? ''))?.shape?.[0];
  const dimensions = rows === undefined ? network.dimensions : { ...network.dimensions, V: rows };
  const difference = differenceOf(tensor, shape, { dimensions });
  if (difference === undefined) return [];
  const source = rows === undefined ? record.source : `the embedding with ${record.source}`;
  return [{ rule: 'model-head', level: 'error', message: showDifference(difference, source) }];
}
