/** How many tokens a network takes at once: its positions, and what stretches them. `modeling_rope_utils.py` of transformers. */
import type { Fields } from '../json/fields.ts';

export interface ContextLength {
  readonly tokens: number;
  /** How positions are stretched, in the words of the file: `linear`, `dynamic`, `yarn`, `llama3`, `longrope`, … */
  readonly scaling?: string;
  readonly factor?: number;
}

export function readContextLength(fields: Fields, maxPositions: number | undefined): ContextLength | undefined {
  if (maxPositions === undefined || maxPositions === 0) return undefined;
  const scaling = readScaling(fields);
  if (scaling === undefined) return { tokens: maxPositions };
  const { kind, factor, original } = scaling;
  return {
    tokens: stretched(maxPositions, { kind, factor, original }),
    scaling: kind,
    ...(factor === undefined ? {} : { factor }),
  };
}

interface Scaling {
  readonly kind: string;
  readonly factor: number | undefined;
  readonly original: number | undefined;
}

/** `rope_parameters` since version 5, `rope_scaling` before; the default kind stretches nothing. */
function readScaling(fields: Fields): Scaling | undefined {
  const key = ['rope_parameters', 'rope_scaling'].find((each) => isPlain(fields.raw(each)));
  const inner = key === undefined ? undefined : fields.inner(key);
  const kind = inner?.text('rope_type') ?? inner?.text('type');
  if (inner === undefined || kind === undefined || ['default', 'mrope', 'proportional'].includes(kind))
    return undefined;
  const original = inner.count('original_max_position_embeddings');
  return { kind, factor: inner.number('factor'), original };
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('rope_type' in value || 'type' in value);
}

/** Most kinds say the stretched length as maximum; `linear` and `dynamic` say the one that they started with. */
function stretched(maxPositions: number, { kind, factor = 1, original }: Scaling): number {
  if (kind === 'linear' || kind === 'dynamic') return Math.floor(maxPositions * factor);
  if (kind === 'yarn' && original !== undefined) return Math.max(maxPositions, Math.floor(original * factor));
  return maxPositions;
}
