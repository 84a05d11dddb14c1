/** Which operators a model uses, and what they say of how its weights are stored. */
import { mostUsedFirst } from '../counts.ts';

export interface UsedOperator {
  readonly domain: string;
  readonly type: string;
  /** Attributes that are whole numbers. */
  readonly settings: ReadonlyMap<string, number>;
}

/** ONNX and com.microsoft together have some 400. */
const MAX_OPERATORS = 10_000;
/** Domains whose operators are described by ONNX itself, or by its widest used runtime. */
const KNOWN_DOMAINS: readonly string[] = [
  'ai.onnx',
  'ai.onnx.ml',
  'ai.onnx.training',
  'ai.onnx.preview',
  'ai.onnx.preview.training',
  'com.microsoft',
];

export class Operators {
  readonly #refuse: (found: string) => Error;
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #blocks = new Set<string>();
  #distinct = 0;

  /** @param refuse makes the error of too many */
  constructor(refuse: (found: string) => Error) {
    this.#refuse = refuse;
  }

  add({ domain, type, settings }: UsedOperator): void {
    const key = domainOf(domain);
    const ofDomain = this.#counts.get(key) ?? new Map<string, number>();
    this.#counts.set(key, ofDomain);
    const before = ofDomain.get(type) ?? 0;
    if (before === 0) this.#distinct += 1;
    if (this.#distinct > MAX_OPERATORS) throw this.#refuse(`it uses more than ${MAX_OPERATORS} operators`);
    ofDomain.set(type, before + 1);
    const bits = settings.get('bits');
    if (BLOCKWISE.includes(type) && bits !== undefined) {
      const block = settings.get('block_size');
      this.#blocks.add(`${type}, ${bits} bits${block === undefined ? '' : ` in blocks of ${block}`}`);
    }
  }

  /** How often each is used, by domain: the most used first. */
  counts(): ReadonlyMap<string, ReadonlyMap<string, number>> {
    return new Map(
      [...this.#counts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([domain, types]) => [domain, mostUsedFirst(types)] as const),
    );
  }

  /** Domains whose operators the runtime has to bring. @param own domains of functions that the model itself has */
  customDomains(own: ReadonlySet<string>): readonly string[] {
    return [...this.#counts.keys()].filter((domain) => !KNOWN_DOMAINS.includes(domain) && !own.has(domain)).sort();
  }

  /** How weights are stored, as the operators say it; undefined for plain numbers. */
  quantisation(): string | undefined {
    const used = (types: readonly string[]) =>
      types.some((type) => [...this.#counts.values()].some((counts) => counts.has(type)));
    const found = [
      ...[...this.#blocks].sort(),
      ...(this.#blocks.size === 0 && used(BLOCKWISE) ? ['blocks'] : []),
      ...(used(['QuantizeLinear', 'DequantizeLinear']) ? ['QDQ'] : []),
      ...(used(INTEGER) ? ['QLinear'] : []),
      ...(used(['DynamicQuantizeLinear', 'DynamicQuantizeMatMul', 'DynamicQuantizeLSTM']) ? ['dynamic'] : []),
    ];
    return found.length === 0 ? undefined : found.join('; ');
  }
}

/** The name that an empty domain stands for. */
export function domainOf(domain: string): string {
  return domain === '' ? 'ai.onnx' : domain;
}

const BLOCKWISE: readonly string[] = ['MatMulNBits', 'GatherBlockQuantized', 'MatMulBnb4', 'MatMulFpQ4', 'QMoE'];
const INTEGER: readonly string[] = [
  'QLinearConv',
  'QLinearMatMul',
  'QLinearAdd',
  'QGemm',
  'QAttention',
  'ConvInteger',
  'MatMulInteger',
  'MatMulIntegerToFloat',
];
