/** Facts as waybill.yaml states them: what `init` writes, and what `inspect` shows beside what is stated. */
import type { Fact, InterfaceFact, ModelFacts } from './facts.ts';
import { type DeclaredTensor, declaredOf } from './interface.ts';
import { parametersText } from './parameters.ts';

export interface Statement {
  /** In waybill.yaml: `model.parameters`. */
  readonly key: string;
  readonly value: string | number | Readonly<Record<string, unknown>>;
  /** For people, in one line. */
  readonly text: string;
  readonly from: string;
}

export interface DeclaredInterface {
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
}

/** In the order in which waybill.yaml has them. */
export function statementsOf(facts: ModelFacts): readonly Statement[] {
  const { architecture, format, parameters, precision, quantization, contextLength, tokenizer, chatTemplate } = facts;
  return [
    state('architecture', architecture, ([first = '']) => first),
    state('format', format, (value) => value),
    state('parameters', parameters, parametersText, (count) => count.toLocaleString('en')),
    state(
      'precision',
      precision,
      ([main = '']) => main,
      (names) => names.join(', '),
    ),
    state('quantization', quantization, (value) => value),
    state('contextLength', contextLength, (value) => value),
    state(
      'tokenizer',
      tokenizer,
      ({ kind, vocabulary }) => ({ kind, vocabulary }),
      ({ kind, vocabulary }) => `${kind}, ${vocabulary.toLocaleString('en')} tokens`,
    ),
    state('chatTemplate', chatTemplate, (digest) => digest),
  ].filter((statement) => statement !== undefined);
}

function state<Value>(
  key: string,
  fact: Fact<Value> | undefined,
  stated: (value: Value) => Statement['value'],
  textOf: (value: Value) => string = (value) => String(stated(value)),
): Statement | undefined {
  if (fact === undefined) return undefined;
  return { key: `model.${key}`, value: stated(fact.value), text: textOf(fact.value), from: fact.from };
}

/** As waybill.yaml declares it; undefined where one of the tensors has no word there. */
export function declaredInterface({ inputs, outputs }: InterfaceFact): DeclaredInterface | undefined {
  const declared = { inputs: inputs.map(declaredOf), outputs: outputs.map(declaredOf) };
  if (declared.inputs.includes(undefined) || declared.outputs.includes(undefined)) return undefined;
  return declared as DeclaredInterface;
}

/** `image FP32[-1, 64]`. */
export function tensorText({ name, datatype, shape }: DeclaredTensor): string {
  return `${name} ${datatype}[${shape.join(', ')}]`;
}
