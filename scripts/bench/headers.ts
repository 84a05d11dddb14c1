/** Model files with holes where the weights would be: large, and made in no time. */
import fs from 'node:fs';
import path from 'node:path';

export interface HeaderSample {
  readonly file: string;
  /** Bytes that describe the weights. */
  readonly header: number;
}

interface Parts {
  readonly names: readonly string[];
  /** Elements of F32 of each tensor. */
  readonly elements: number;
}

export type HeaderFormat = 'safetensors' | 'gguf' | 'onnx';

/** @param bytes of all tensors together */
export function makeHeaders(folder: string, format: HeaderFormat, tensors: number, bytes: number): HeaderSample {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${tensors}.${format}`);
  const names = Array.from(
    { length: tensors },
    (_, index) => `model.layers.${Math.floor(index / 9)}.part_${index % 9}.weight`,
  );
  // Whole blocks of 32 bytes: GGUF aligns to that.
  const elements = Math.max(8, Math.floor(bytes / tensors / 32) * 8);
  const pieces = writers[format]({ names, elements });
  const output = fs.openSync(file, 'w');
  let [at, header] = [0, 0];
  for (const { described, hole } of pieces) {
    fs.writeSync(output, described, 0, described.length, at);
    at += described.length + hole;
    header += described.length;
  }
  fs.ftruncateSync(output, at);
  fs.closeSync(output);
  return { file, header };
}

interface Piece {
  readonly described: Buffer;
  /** Bytes of zeros behind it. */
  readonly hole: number;
}

const writers: Readonly<Record<HeaderFormat, (parts: Parts) => readonly Piece[]>> = {
  safetensors({ names, elements }) {
    const size = 4 * elements;
    const entries = names.map((name, index) => {
      const offsets = [index * size, (index + 1) * size];
      return `"${name}":${JSON.stringify({ dtype: 'F32', shape: [elements], data_offsets: offsets })}`;
    });
    const header = Buffer.from(`{${entries.join(',')}}`);
    return [{ described: Buffer.concat([u64(header.length), header]), hole: size * names.length }];
  },
  gguf({ names, elements }) {
    const size = 4 * elements;
    const described = Buffer.concat([
      Buffer.from('GGUF'),
      u32(3),
      u64(names.length),
      u64(1),
      ggufText('general.architecture'),
      u32(8),
      ggufText('llama'),
      ...names.map((name, index) => Buffer.concat([ggufText(name), u32(1), u64(elements), u32(0), u64(index * size)])),
    ]);
    return [{ described: Buffer.concat([described, Buffer.alloc(-described.length & 31)]), hole: size * names.length }];
  },
  onnx({ names, elements }) {
    const size = 4 * elements;
    const tensors = names.map((name) =>
      Buffer.concat([field(1, elements), field(2, 1), field(8, name), varint(9 * 8 + 2), varint(size)]),
    );
    const opened = tensors.map((tensor) => Buffer.concat([varint(5 * 8 + 2), varint(tensor.length + size), tensor]));
    const length = opened.reduce((sum, tensor) => sum + tensor.length + size, 0);
    const model = Buffer.concat([
      field(1, 8),
      field(8, Buffer.concat([field(2, 17)])),
      varint(7 * 8 + 2),
      varint(length),
    ]);
    return [{ described: model, hole: 0 }, ...opened.map((described) => ({ described, hole: size }))];
  },
};

function field(number: number, value: number | string | Buffer): Buffer {
  if (typeof value === 'number') return Buffer.concat([varint(number * 8), varint(value)]);
  const bytes = Buffer.from(value as string);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) + 0x80);
  return Buffer.from([...bytes, left]);
}

function ggufText(text: string): Buffer {
  return Buffer.concat([u64(text.length), Buffer.from(text)]);
}

function u32(value: number): Buffer {
  return Buffer.from(Uint32Array.of(value).buffer);
}

function u64(value: number): Buffer {
  return Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
}
