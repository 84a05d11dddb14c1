import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../test/_support/cli.ts';
import { safetensorsWith } from '../../test/_support/package-files.ts';
import { makeScratch, type Scratch } from '../../test/_support/scratch.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = makeScratch();
});
afterEach(() => scratch[Symbol.dispose]());

const cli = (...words: readonly string[]) => runCli(words, { store: scratch.at('store') });
const json = async (...words: readonly string[]) => JSON.parse((await cli(...words, '--json')).stdout);

async function packed(name: string, lines: string, tensors: Parameters<typeof safetensorsWith>[0]): Promise<string> {
  const folder = scratch.at(name.replace('/', '-'));
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'model.safetensors'), safetensorsWith(tensors));
  fs.writeFileSync(
    path.join(folder, 'waybill.yaml'),
    `waybill: 1\nname: ${name}\nversion: 1.0.0\ncomponents: { weights: [model.safetensors] }\n${lines}`,
  );
  return (await json('pack', folder)).digest;
}

const BASE = { 'layers.0.weight': ['BF16', [4, 2]], norm: ['BF16', [2]] } as const;
const on = (ref: string, digest: string, more = '') =>
  `model: { baseModels: [{ ref: ${ref}, digest: "${digest}"${more} }] }\n`;

test('a package and its bases: inspect tells them, verify follows them, unpack restores them side by side', async () => {
  const base = await packed('acme/base', 'licenses: { weights: LicenseRef-own }\n', BASE);
  const tuned = await packed('acme/tuned', on('acme/base:1.0.0', base, ', relation: finetune'), BASE);
  await packed('acme/small', on('acme/tuned:1.0.0', tuned, ', relation: quantized'), { q: ['I8', [4]] });

  const seen = await json('inspect', 'acme/small:1.0.0');
  expect(seen.bases).toEqual([
    {
      ref: 'acme/tuned:1.0.0',
      digest: tuned,
      relation: 'quantized',
      isHere: true,
      name: 'acme/tuned',
      version: '1.0.0',
    },
    { ref: 'acme/base:1.0.0', digest: base, relation: 'finetune', isHere: true, name: 'acme/base', version: '1.0.0' },
  ]);
  expect(seen.findings).toMatchObject([{ rule: 'base-licence', path: 'acme/base:1.0.0' }]);

  const verified = await json('verify', 'acme/small:1.0.0', '--with-bases');
  expect(verified).toMatchObject({ verdict: 'pass', fileCount: 9, bases: [{ digest: tuned }, { digest: base }] });

  const { folders } = await json('unpack', 'acme/small:1.0.0', scratch.at('out'), '--with-bases');
  expect(folders.map(({ folder }: { folder: string }) => folder)).toEqual(['small', 'tuned', 'base']);
  for (const folder of ['small', 'tuned', 'base'])
    expect((await cli('verify', scratch.at('out', folder))).status, folder).toBe(0);
});

test('verify --with-bases fails where a base is damaged, and says in which', async () => {
  const base = await packed('acme/base', '', BASE);
  await packed('acme/tuned', on('acme/base:1.0.0', base), BASE);
  await packed('acme/other', '', { x: ['U8', [9]] });
  const { files } = await json('inspect', 'acme/base:1.0.0');
  const weights: string = files.find(({ path }: { path: string }) => path === 'waybill.yaml').digest;
  const blob = scratch.at('store', 'blobs', 'sha256', weights.replace('sha256:', ''));
  fs.chmodSync(blob, 0o644);
  fs.appendFileSync(blob, '#');
  expect((await cli('verify', 'acme/tuned:1.0.0')).status).toBe(0);
  const { status, stdout } = await cli('verify', 'acme/tuned:1.0.0', '--with-bases');
  expect(status).not.toBe(0);
  expect(stdout).not.toMatch(/^pass/);
});

test('--with-bases could not tell: a base that no store has, one without a digest; nothing is written', async () => {
  const absent = `sha256:${'1'.repeat(64)}`;
  await packed('acme/a', on('acme/base:1.0.0', absent), BASE);
  await packed('acme/b', 'model: { baseModels: [{ ref: hf.co/acme/base }] }\n', BASE);
  for (const [name, message] of [
    ['acme/a', `the base acme/base:1.0.0: no store has ${absent}`],
    ['acme/b', 'the base hf.co/acme/base: it is named without a digest'],
  ] as const) {
    for (const words of [
      ['verify', `${name}:1.0.0`],
      ['unpack', `${name}:1.0.0`, scratch.at('out')],
    ]) {
      const { status, stderr } = await cli(...words, '--with-bases');
      expect([status, stderr], words.join(' ')).toEqual([2, expect.stringContaining(message)]);
    }
    expect((await cli('inspect', `${name}:1.0.0`)).status).toBe(0);
  }
  expect(fs.existsSync(scratch.at('out'))).toBe(false);
});

test('inspect tells that a fine-tune has other tensors than its base', async () => {
  const base = await packed('acme/base', '', BASE);
  await packed('acme/tuned', on('acme/base:1.0.0', base, ', relation: finetune'), { ...BASE, norm: ['BF16', [3]] });
  const { findings } = await json('inspect', 'acme/tuned:1.0.0');
  expect(findings).toMatchObject([
    { rule: 'base-layout', message: expect.stringMatching(/one tensor is not as there \(norm\)/) },
  ]);
});

const LORA = { r: 2, lora_alpha: 4, target_modules: ['q_proj'], peft_type: 'LORA' };
const Q = 'model.layers.0.self_attn.q_proj';

async function packedAdapter(base: string, inner: number): Promise<{ status: number | null; stderr: string }> {
  const folder = scratch.at('adapter');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'adapter_config.json'), JSON.stringify(LORA));
  fs.writeFileSync(
    path.join(folder, 'model.safetensors'),
    safetensorsWith({
      [`base_model.model.${Q}.lora_A.weight`]: ['F32', [2, inner]],
      [`base_model.model.${Q}.lora_B.weight`]: ['F32', [8, 2]],
    }),
  );
  fs.writeFileSync(
    path.join(folder, 'waybill.yaml'),
    `waybill: 1\nname: acme/adapter\nversion: 1.0.0\ncomponents: { weights: [model.safetensors], config: [adapter_config.json] }\n${on('acme/base:1.0.0', base, ', relation: adapter')}`,
  );
  return cli('pack', folder);
}

test('pack refuses an adapter that does not fit the base that it pins, with the tensors named', async () => {
  const base = await packed('acme/base', '', {
    [`${Q}.weight`]: ['BF16', [8, 8]],
    [`${Q.replace('q_', 'k_')}.weight`]: ['BF16', [8, 8]],
  });
  const { status, stderr } = await packedAdapter(base, 16);
  expect(status).toBe(1);
  expect(stderr).toMatch(/model\.layers\.0\.self_attn\.q_proj.*\[adapter-base\]/);
  expect((await packedAdapter(base, 8)).status).toBe(0);
});

test('compat counts the base that an adapter is loaded on, and cannot tell without it', async () => {
  const base = await packed('acme/base', '', { [`${Q}.weight`]: ['BF16', [1024, 1024]] });
  await packed('acme/other', '', BASE);
  const waybill = (digest: string) => on('acme/base:1.0.0', digest, ', relation: adapter');
  await packed('acme/on', `${waybill(base)}environment: { requires: { os: [linux] } }\n`, BASE);
  const { memory, findings } = await json('compat', 'acme/on:1.0.0');
  expect(memory.weightsMiB).toBeGreaterThan(2);
  expect(findings.map(({ rule }: { rule: string }) => rule)).not.toContain('compat-base');
  await packed('acme/lone', waybill(`sha256:${'1'.repeat(64)}`), BASE);
  const lone = await json('compat', 'acme/lone:1.0.0');
  expect(lone).toMatchObject({ verdict: 'cannot-tell' });
  expect(lone.findings).toContainEqual(expect.objectContaining({ rule: 'compat-base', subject: 'acme/base:1.0.0' }));
});
