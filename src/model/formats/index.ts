import type { Format } from '../model-file/format.ts';
import { gguf } from './gguf.ts';
import { npy } from './npy.ts';
import { npz } from './npz.ts';
import { onnx } from './onnx.ts';
import { safetensors } from './safetensors.ts';
import { tflite } from './tflite.ts';

/** The formats of model files that Waybill reads. A new one is a file here and a line below. */
export const formats = [gguf, npy, npz, onnx, safetensors, tflite] as const satisfies readonly Format[];
