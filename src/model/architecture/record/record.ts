/** What a model says of its own network: the sizes that its tensors must have. */
import type { QuantizationConfig } from '../../huggingface/quantization-config.ts';
import type { Sizes } from '../../huggingface/size-keys.ts';

export interface ArchitectureRecord extends Sizes {
  /** The file that says it. */
  readonly source: string;
  /** In whose words: names of tensors and of kinds of networks follow from it. */
  readonly form: 'huggingface' | 'gguf' | 'onnx';
  /** The kind of network, as `llama`. */
  readonly modelType?: string;
  /** Classes that use the weights. */
  readonly architectures: readonly string[];
  readonly tiedEmbeddings?: boolean;
  readonly quantisation?: Pick<QuantizationConfig, 'method' | 'bits' | 'groupSize' | 'variant'>;
  /** Whether it is the part for text of a model that has others too. */
  readonly isPart: boolean;
}
