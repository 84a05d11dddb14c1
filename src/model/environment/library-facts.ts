/**
 * Which versions of a library load which weights: what nobody finds in a lock, and everybody finds out when it fails.
 * Each fact has its source. "Tried" means that every release beside the border was installed and asked: releases of
 * onnxruntime to load a model of each opset and IR version, `gguf` and the sources of llama-cpp-python for the element
 * types that they list. A new fact is an entry here.
 */

export interface LibraryFact {
  readonly id: string;
  /** All of it must hold of a weights file. */
  readonly when: {
    readonly kinds: readonly string[];
    /** Any of these element types. */
    readonly dtypes?: readonly string[];
    /** First and last. */
    readonly opsets?: readonly [number, number];
    readonly irVersions?: readonly [number, number];
    readonly hasExternalData?: boolean;
    readonly hasChatTemplate?: boolean;
  };
  /** Names on PyPI, normalised: distributions of one library. */
  readonly libraries: readonly string[];
  /** Whether nothing else loads the format, so that it counts even where a package names no library. */
  readonly isOnlyLoader?: boolean;
  /** Versions that do it well; absent where none does. */
  readonly needs?: string;
  /** Why, for people: a sentence without its full stop. */
  readonly why: string;
  /** What else would help. */
  readonly otherwise?: string;
  readonly source: string;
}

const ONNX_RUNTIME = ['onnxruntime', 'onnxruntime-gpu', 'onnxruntime-directml', 'onnxruntime-openvino'];
const COMPATIBILITY = 'https://onnxruntime.ai/docs/reference/compatibility.html (tried)';

/** Opset up to which a release loads a model: measured. */
const OPSETS: readonly (readonly [first: number, last: number, needs: string])[] = [
  [20, 20, '>=1.17'],
  [21, 21, '>=1.18'],
  [22, 22, '>=1.21'],
  [23, 23, '>=1.23'],
  [24, 25, '>=1.24'],
  [26, 26, '>=1.25'],
  [27, 28, '>=1.32'],
];
const IR_VERSIONS: readonly (readonly [first: number, last: number, needs: string])[] = [
  [10, 10, '>=1.18'],
  [11, 11, '>=1.23'],
  [12, 13, '>=1.24'],
  [14, 14, '>=1.32'],
];
/** Element types of ggml by the first release of llama-cpp-python, and of gguf, whose sources list them. */
const GGML_TYPES: readonly (readonly [dtypes: readonly string[], llama: string, gguf: string])[] = [
  [['BF16'], '>=0.2.71', '>=0.9.1'],
  [['TQ1_0', 'TQ2_0'], '>=0.3.0', '>=0.11.0'],
  [['MXFP4'], '>=0.3.15', '>=0.18.0'],
  [['NVFP4'], '>=0.3.17', '>=0.19.0'],
  [['Q1_0'], '>=0.3.21', '>=0.19.0'],
];

export const libraryFacts: readonly LibraryFact[] = [
  {
    id: 'torch-weights-only',
    when: { kinds: ['pytorch', 'pytorch-legacy', 'torchscript'] },
    libraries: ['torch'],
    isOnlyLoader: true,
    needs: '>=2.10.0',
    why: 'PyTorch checkpoints can run code while they are loaded, with weights_only too, before torch 2.10.0 (CVE-2026-24747; before 2.6.0 also CVE-2025-32434)',
    otherwise: 'store the weights as safetensors',
    source: 'https://nvd.nist.gov/vuln/detail/CVE-2026-24747, https://nvd.nist.gov/vuln/detail/CVE-2025-32434',
  },
  {
    id: 'keras-safe-mode',
    when: { kinds: ['keras'] },
    libraries: ['keras'],
    isOnlyLoader: true,
    needs: '>=3.13.2',
    why: 'Keras files can run code or read files of the machine while they are loaded, with safe_mode too, before keras 3.13.2 (CVE-2026-1462, CVE-2026-1669; before 3.9.0 also CVE-2025-1550)',
    source: 'https://nvd.nist.gov/vuln/detail/CVE-2026-1462, https://nvd.nist.gov/vuln/detail/CVE-2026-1669',
  },
  {
    id: 'keras-hdf5',
    when: { kinds: ['hdf5'] },
    libraries: ['keras'],
    needs: '>=3.13.2',
    why: 'HDF5 files read files of the machine into weights while keras loads them, before 3.13.2 (CVE-2026-1669)',
    otherwise: 'store the weights as safetensors',
    source: 'https://nvd.nist.gov/vuln/detail/CVE-2026-1669',
  },
  {
    id: 'onnx-external-data',
    when: { kinds: ['onnx'], hasExternalData: true },
    libraries: ['onnx'],
    needs: '>=1.21.0',
    why: 'onnx follows links out of the folder when it loads external data, before 1.21.0 (CVE-2026-27489, CVE-2026-34446, CVE-2026-34447)',
    source: 'https://nvd.nist.gov/vuln/detail/CVE-2026-34446, https://nvd.nist.gov/vuln/detail/CVE-2026-27489',
  },
  ...OPSETS.map(
    ([first, last, needs]): LibraryFact => ({
      id: `onnx-opset-${first}`,
      when: { kinds: ['onnx'], opsets: [first, last] },
      libraries: ONNX_RUNTIME,
      needs,
      why: `models of opset ${first === last ? first : `${first} to ${last}`} load in onnxruntime ${needs}`,
      otherwise: 'export the model with an older opset',
      source: COMPATIBILITY,
    }),
  ),
  ...IR_VERSIONS.map(
    ([first, last, needs]): LibraryFact => ({
      id: `onnx-ir-${first}`,
      when: { kinds: ['onnx'], irVersions: [first, last] },
      libraries: ONNX_RUNTIME,
      needs,
      why: `models of IR version ${first === last ? first : `${first} to ${last}`} load in onnxruntime ${needs}`,
      otherwise: 'write the model with an older IR version',
      source: COMPATIBILITY,
    }),
  ),
  {
    id: 'gguf-chat-template',
    when: { kinds: ['gguf'], hasChatTemplate: true },
    libraries: ['llama-cpp-python'],
    needs: '>=0.2.72',
    why: 'the chat template of a file could run code before llama-cpp-python 0.2.72 (CVE-2024-34359)',
    source: 'https://github.com/abetlen/llama-cpp-python/blob/main/CHANGELOG.md (0.2.72)',
  },
  {
    id: 'gguf-sglang',
    when: { kinds: ['gguf'], hasChatTemplate: true },
    libraries: ['sglang'],
    why: 'the chat template of a file can run code in SGLang, in every version that is known (CVE-2026-5760)',
    otherwise: 'Serve it with llama.cpp',
    source: 'https://kb.cert.org/vuls/id/915947',
  },
  ...GGML_TYPES.flatMap(([dtypes, llama, gguf]): readonly LibraryFact[] => [
    {
      id: `gguf-${dtypes[0]?.toLowerCase().replaceAll('_', '-')}-llama-cpp-python`,
      when: { kinds: ['gguf'], dtypes },
      libraries: ['llama-cpp-python'],
      needs: llama,
      why: `tensors of ${dtypes.join(' and ')} are known to llama-cpp-python ${llama}`,
      otherwise: 'quantise the model to an older type',
      source: 'https://pypi.org/project/llama-cpp-python/#history (vendor/llama.cpp of each release, tried)',
    },
    {
      id: `gguf-${dtypes[0]?.toLowerCase().replaceAll('_', '-')}-gguf`,
      when: { kinds: ['gguf'], dtypes },
      libraries: ['gguf'],
      needs: gguf,
      why: `tensors of ${dtypes.join(' and ')} are known to gguf ${gguf}`,
      source: 'https://pypi.org/project/gguf/#history (GGMLQuantizationType of each release, tried)',
    },
  ]),
  {
    id: 'safetensors-fp8',
    when: { kinds: ['safetensors'], dtypes: ['F8_E4M3', 'F8_E5M2'] },
    libraries: ['safetensors'],
    needs: '>=0.4.1',
    why: 'tensors of 8-bit floating point are known to safetensors from 0.4.1 on',
    source: 'https://github.com/huggingface/safetensors/pull/383',
  },
  {
    id: 'safetensors-microscaling',
    when: { kinds: ['safetensors'], dtypes: ['F4', 'F6_E2M3', 'F6_E3M2', 'F8_E8M0'] },
    libraries: ['safetensors'],
    needs: '>=0.6.0',
    why: 'tensors of 4-bit and 6-bit floating point are known to safetensors from 0.6.0 on',
    source: 'https://github.com/huggingface/safetensors/pull/611',
  },
  {
    id: 'safetensors-complex',
    when: { kinds: ['safetensors'], dtypes: ['C64'] },
    libraries: ['safetensors'],
    needs: '>=0.7.0',
    why: 'tensors of complex numbers are known to safetensors from 0.7.0 on',
    source: 'https://github.com/huggingface/safetensors/pull/660',
  },
  {
    id: 'safetensors-unsigned-torch',
    when: { kinds: ['safetensors'], dtypes: ['U16', 'U32', 'U64'] },
    libraries: ['torch'],
    needs: '>=2.3.0',
    why: 'tensors of unsigned 16, 32 and 64 bits are known to torch from 2.3.0 on',
    source: 'https://github.com/huggingface/safetensors/blob/main/bindings/python/py_src/safetensors/torch.py',
  },
  {
    id: 'numpy-objects',
    when: { kinds: ['numpy-objects'] },
    libraries: ['numpy'],
    isOnlyLoader: true,
    why: 'arrays of Python objects are pickles: numpy does not load them unless it is told to run what is in them (CVE-2019-6446)',
    otherwise: 'Store the arrays with a plain element type',
    source: 'https://numpy.org/doc/stable/reference/generated/numpy.load.html',
  },
];
