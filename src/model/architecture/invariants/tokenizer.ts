import type { Finding } from '../../../base/finding.ts';
import type { Invariant, Subject } from '../invariant.ts';

/** A token without a row in the embedding is an error as soon as it occurs. */
export const tokenizer: Invariant = {
  id: 'tokenizer',
  title: 'Every token has a row in the embedding.',
  needs: 'a family of networks that is known, and a tokenizer',
  rules: ['model-tokenizer'],
  check: ({ network, tokenizer, record }) => {
    const rows = rowsOf(network);
    if (rows === undefined || tokenizer === undefined) return [];
    const { vocabularyIdEnd, idEnd, addedTokens, source } = tokenizer;
    const findings: Finding[] = [];
    if (vocabularyIdEnd > rows)
      findings.push({
        rule: 'model-tokenizer',
        level: 'error',
        message: `${source} has tokens up to ${vocabularyIdEnd - 1}, and the embedding of ${record.source} ${rows} rows`,
      });
    else if (idEnd > rows) {
      const added = addedTokens.filter(({ id }) => id >= rows);
      const names = added.slice(0, 3).map(({ content, id }) => `${JSON.stringify(content)} (${id})`);
      // Published models have such tokens: nobody means to use them.
      findings.push({
        rule: 'model-tokenizer',
        level: 'note',
        message: `${source} adds ${names.join(', ')}${added.length > 3 ? ', …' : ''}, and the embedding has ${rows} rows`,
      });
    }
    return findings;
  },
};

function rowsOf(network: Subject['network']): number | undefined {
  const [name] = Object.keys(network?.family.outside.embedding ?? {});
  return name === undefined ? undefined : network?.tensors.get(network.prefix + name)?.shape?.[0];
}
