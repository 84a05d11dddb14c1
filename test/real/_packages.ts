/** Folders that the tests pack, byte for byte the same on every machine. */
import fs from 'node:fs';
import path from 'node:path';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Seven files whose digests are known from elsewhere; `tinyDigests` are sha256sum's. */
export const tinyFiles: Files = {
  LICENSE: 'Apache-2.0\n',
  'README.md': '# tiny\n',
  'config.json': '{"architectures":["TinyForTest"]}\n',
  'empty.txt': '',
  'inference.py': 'print("hi")\n',
  'model.safetensors': Buffer.from(
    '58000000000000007b225f5f6d657461646174615f5f223a7b22666f726d6174223a227074227d2c2277223a7b226474797065223a22463332222c227368617065223a5b322c325d2c22646174615f6f666673657473223a5b302c31365d7d7d0000803f000000400000404000008040',
    'hex',
  ),
  'sub/tokenizer.json': '{"version":"1.0"}\n',
};

export const tinyDigests = {
  LICENSE: 'sha256:31d33b6815f84ee57fd784c7a88333a776bd3df1532d650bfdad7305d9efbf35',
  'README.md': 'sha256:da0f266deed7c2c66f4708aa801d1ecd4aa289d2ee87e9c4525b30c8cba9ac88',
  'config.json': 'sha256:8faa25048f3254d2c1b66c3ff52fde372b69176ab665fd7704979460469f5fe9',
  'empty.txt': 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'inference.py': 'sha256:0ca9091eb4e31fb1ab24c8c5de92a08e4e5f402919f82ea3ca784f38534f03f3',
  'model.safetensors': 'sha256:5d13da7718a982061b95bd12b5fd1161c9c850437f5e2f63a774f014bd0ba581',
  'sub/tokenizer.json': 'sha256:e4c5e2a41b2a136d0ee312fbb56f3a1c38608f21b72503435b8877d034ba8f9d',
} as const;

export const tinyWaybillFile = waybillFile('acme/tiny', '1.0.0', {
  weights: ['model.safetensors'],
  config: ['config.json', 'sub/tokenizer.json'],
  code: ['inference.py'],
  docs: ['LICENSE', 'README.md', 'empty.txt'],
});

/** Every file a layer of its own: empty ones, twins, an executable one, odd but harmless names. */
export const rawFiles: Files = {
  ...tinyFiles,
  'docs/a..b': 'dots\n',
  'docs/...': 'more dots\n',
  'docs/again/LICENSE': 'Apache-2.0\n',
  'docs/again/empty.txt': '',
  'docs/mit leerzeichen.txt': 'blank\n',
  'docs/größe.txt': 'umlauts\n',
  'weights/model[1].bin': Buffer.alloc(100_000, 7),
  'run.sh': '#!/bin/sh\nexit 0\n',
  'data/reference.csv': 'a,b\n1,2\n',
};

export const rawWaybillFile = waybillFile('acme/raw', '1.0.0', {
  weights: ['model.safetensors', 'weights/**'],
  config: ['config.json', 'sub/tokenizer.json'],
  code: ['*.py', 'run.sh'],
  docs: ['LICENSE', 'README.md', 'empty.txt', 'docs/**'],
  data: ['data/**'],
});

/** So many small files that code and docs become bundles, with an executable one and empty ones among them. */
export const bundledFiles: Files = {
  'README.md': '# digits\n',
  LICENSE: 'Apache-2.0\n',
  'weights/model.bin': Buffer.alloc(70_000, 3),
  'config.json': '{}\n',
  ...numbered(70, (n) => [`inference/part/m${n}.py`, `print(${n})\n`]),
  ...numbered(70, (n) => [`docs/page ${n}.md`, n % 10 === 0 ? '' : `page ${n}\n`]),
  'inference/run.sh': '#!/bin/sh\nexit 0\n',
};

export const bundledWaybillFile = waybillFile('acme/digits', '1.2.0', {
  weights: ['weights/**'],
  config: ['config.json'],
  code: ['inference/**'],
  docs: ['README.md', 'LICENSE', 'docs/**'],
});

/** The three packages, and what each is called in the store. */
export const packages = {
  tiny: { files: tinyFiles, text: tinyWaybillFile, name: 'acme/tiny:1.0.0' },
  raw: { files: rawFiles, text: rawWaybillFile, name: 'acme/raw:1.0.0' },
  bundled: { files: bundledFiles, text: bundledWaybillFile, name: 'acme/digits:1.2.0' },
} as const;

export type PackageName = keyof typeof packages;

/** A folder with these files and this waybill.yaml; names that end in `.sh` are executable. */
export function writePackage(folder: string, files: Files, text: string): void {
  writeFiles(folder, { ...files, 'waybill.yaml': text });
}

export function writeFiles(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
    fs.chmodSync(file, name.endsWith('.sh') ? 0o755 : 0o644);
  }
}

export function waybillFile(name: string, version: string, components: Readonly<Record<string, string[]>>): string {
  const lines = Object.entries(components).map(([component, globs]) => `  ${component}: ${JSON.stringify(globs)}`);
  return [
    'waybill: 1',
    `name: ${name}`,
    `version: ${version}`,
    'licenses: { weights: Apache-2.0 }',
    'components:',
    ...lines,
    '',
  ].join('\n');
}

export function numbered(count: number, entry: (n: number) => readonly [string, string]): Files {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => entry(index)));
}
