/** A very small model folder whose bytes are fixed, so that digests can be compared with golden ones. */
import fs from 'node:fs';
import path from 'node:path';

/** One F32 tensor `w` of shape [2, 2] with 1, 2, 3, 4. */
export const TINY_SAFETENSORS = Buffer.from(
  '58000000000000007b225f5f6d657461646174615f5f223a7b22666f726d6174223a227074227d2c2277223a7b226474797065223a22463332222c227368617065223a5b322c325d2c22646174615f6f666673657473223a5b302c31365d7d7d0000803f000000400000404000008040',
  'hex',
);

export const TINY_FILES: Readonly<Record<string, string | Buffer>> = {
  LICENSE: 'Apache-2.0\n',
  'README.md': '# tiny\n',
  'config.json': '{"architectures":["TinyForTest"]}\n',
  'empty.txt': '',
  'inference.py': 'print("hi")\n',
  'model.safetensors': TINY_SAFETENSORS,
  'sub/tokenizer.json': '{"version":"1.0"}\n',
  'waybill.yaml': `waybill: 1
name: acme/tiny
version: 1.0.0
summary: A tiny model
licenses: { weights: Apache-2.0 }
model: { architecture: transformer, format: safetensors, parameters: "4", precision: float32 }
components:
  weights: [model.safetensors]
  config: [config.json, sub/**]
  code: [inference.py]
  docs: [README.md, LICENSE, empty.txt]
`,
};

export function writeFiles(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
}
