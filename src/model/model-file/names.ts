/** What files of the formats that are read are called, for whoever does not want to load their readers. */

/** Held to the table of formats by a test. */
export const modelExtensions: readonly string[] = [
  '.gguf',
  '.lite',
  '.npy',
  '.npz',
  '.onnx',
  '.safetensors',
  '.tflite',
];

export function isNamedAsModel(path: string): boolean {
  const name = path.toLowerCase();
  return modelExtensions.some((extension) => name.endsWith(extension));
}
