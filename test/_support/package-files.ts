/** Files of a package that exist in memory alone. */

import type { Component } from '../../src/model/media-types.ts';
import { bytesSource } from '../../src/model/model-file/byte-source.ts';
import type { PackageFile } from '../../src/model/model-set/package-file.ts';
import { safetensorsOf } from './model-files.ts';

/** JSON and texts are configuration, all else weights, unless a component stands before the path: `docs:README.md`. */
export function packageFiles(files: Readonly<Record<string, string | Uint8Array>>): readonly PackageFile[] {
  return Object.entries(files).map(([name, content]) => {
    const [, stated, path = name] = /^(?:(\w+):)?(.*)$/s.exec(name) ?? [];
    const bytes = Buffer.from(content);
    return {
      path,
      component: (stated as Component | undefined) ?? (/\.(?:json|txt|jinja)$/.test(path) ? 'config' : 'weights'),
      size: bytes.length,
      open: async () => ({ ...bytesSource(path, bytes), async [Symbol.asyncDispose]() {} }),
    };
  });
}

/** A safetensors file with tensors of zero bytes' worth: `{ name: [dtype, shape] }`. */
export function safetensorsWith(tensors: Readonly<Record<string, readonly [string, readonly number[]]>>): Buffer {
  const widths: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, I8: 1 };
  let at = 0;
  const header = Object.entries(tensors).map(([name, [dtype, shape]]) => {
    const start = at;
    at += shape.reduce((product, length) => product * length, 1) * (widths[dtype] ?? 1);
    return `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${start},${at}]}`;
  });
  return safetensorsOf(`{${header.join(',')}}`, at);
}
