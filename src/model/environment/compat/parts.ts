/** Which parts of a host a package asks for: each costs a moment, and what nothing is compared with is not asked. */
import type { HostPart } from '../host/host.ts';
import type { PackageView } from './package-view.ts';

/** Weights that run without Python, by what they are called. */
const WITHOUT_PYTHON = /\.(?:gguf|onnx|safetensors|tflite|json)$/i;

export function partsFor({ file, files }: PackageView): ReadonlySet<HostPart> {
  const requires = file?.environment?.requires ?? {};
  const locks = file?.environment?.locks ?? [];
  const parts: HostPart[] = ['system', 'memory', 'disk', 'node'];
  if (requires.cpuFeatures !== undefined) parts.push('cpu');
  if (requires.accelerator !== undefined) parts.push('accelerators');
  if (requires.baseImage !== undefined) parts.push('containers');
  const hasPickles = files.some(({ component, path }) => component === 'weights' && !WITHOUT_PYTHON.test(path));
  if (requires.python !== undefined || requires.libraries !== undefined || locks.length > 0 || hasPickles)
    parts.push('python');
  return new Set(parts);
}
