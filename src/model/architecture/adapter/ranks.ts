/** Ranks of an adapter: the two matrices of a pair have the same, and it is the one that its configuration states. */
import type { Finding } from '../../../base/finding.ts';
import type { AdapterConfig } from '../../huggingface/adapter-config.ts';
import type { AdapterTensors, LowRank } from './low-rank.ts';

/** As many as somebody reads. */
const SHOWN = 20;

export function checkRanks({ pairs }: AdapterTensors, config: AdapterConfig | undefined): readonly Finding[] {
  const findings = [...pairs.values()].flatMap((pair) => checkPair(pair, config));
  return findings.slice(0, SHOWN);
}

function checkPair(pair: LowRank, config: AdapterConfig | undefined): readonly Finding[] {
  const { module, down, up, isEmbedding } = pair;
  if (down === undefined || up === undefined) {
    if (down === undefined && up === undefined) return [];
    const there = (down ?? up)?.name;
    return [
      {
        rule: 'adapter-rank',
        level: 'error',
        message: `${there} is there, and the other matrix of ${module} is missing`,
      },
    ];
  }
  const flat = [down, up].find(({ shape }) => shape.length < 2);
  if (flat !== undefined)
    return [
      {
        rule: 'adapter-rank',
        level: 'error',
        message: `${flat.name} is [${flat.shape.join(', ')}], which is no matrix`,
      },
    ];
  // GGUF turns the first matrix of an embedding round.
  const isTurned = isEmbedding && down.name.endsWith('.lora_a');
  const rank = down.shape[isTurned ? 1 : 0];
  if (rank !== up.shape[1]) {
    const shapes = `[${down.shape.join(', ')}] and ${up.name} [${up.shape.join(', ')}]`;
    return [{ rule: 'adapter-rank', level: 'error', message: `${down.name} is ${shapes}: their ranks differ` }];
  }
  const stated = rankOf(module, config);
  if (stated === undefined || stated === rank) return [];
  return [
    {
      rule: 'adapter-rank',
      level: 'error',
      message: `${down.name} has rank ${rank}, and ${config?.file ?? 'the configuration'} says ${stated}`,
    },
  ];
}

/** A pattern is a name, an end of a name, or a regular expression of Python; of the latter nothing is said. */
function rankOf(module: string, config: AdapterConfig | undefined): number | undefined {
  if (config === undefined) return undefined;
  for (const [pattern, rank] of config.rankPattern) {
    if (module === pattern || module.endsWith(`.${pattern}`)) return rank;
    if (/[^\w.]/.test(pattern)) return undefined;
  }
  return config.rank;
}
