import fs from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../../test/_support/cli.ts';
import { safetensorsWith } from '../../../test/_support/package-files.ts';
import { makeScratch, type Scratch } from '../../../test/_support/scratch.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = makeScratch();
  fs.mkdirSync(scratch.at('m'));
});
afterEach(() => scratch[Symbol.dispose]());

const cli = (...words: readonly string[]) => runCli(words, { store: scratch.at('store') });
const HEAD = 'waybill: 1\nname: acme/m\nversion: 1.0.0\ncomponents: { weights: [model.safetensors] }\n';

function lay(waybill: string, weights: Uint8Array | string = safetensorsWith({ w: ['F16', [40, 20]] })): void {
  fs.writeFileSync(scratch.at('m', 'waybill.yaml'), `${HEAD}${waybill}`);
  fs.writeFileSync(scratch.at('m', 'model.safetensors'), weights);
}

test('pack refuses stated facts that the files contradict: all of them, with their lines, and nothing is packed', async () => {
  lay('model:\n  format: gguf\n  parameters: 7B\n  precision: float16\n');
  const { status, stderr } = await cli('pack', scratch.at('m'));
  expect(status).toBe(1);
  expect(stderr).toContain(
    'waybill.yaml:6:11: model.format: it is stated as gguf, and is safetensors (model.safetensors)',
  );
  expect(stderr).toContain(
    'waybill.yaml:7:15: model.parameters: it is stated as 7B, and is 800 (model.safetensors, its tensors)',
  );
  expect(stderr).not.toContain('precision');
  expect(JSON.parse((await cli('list', '--json')).stdout)).toMatchObject({ artifacts: [] });
});

test('pack refuses a crafted file that is stated to be of its format, with the reason', async () => {
  lay('model: { format: safetensors }\n', safetensorsWith({ w: ['F16', [40, 20]] }).subarray(0, -1));
  const { status, stderr } = await cli('pack', scratch.at('m'));
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /waybill\.yaml:5:18: model\.format: Cannot read model\.safetensors as safetensors: its tensors end at byte \d+, the file at/,
  );
});

test('pack warns of a file that is not what its name says where nothing is stated of it', async () => {
  lay('', 'not one');
  const { status, stdout } = await cli('pack', scratch.at('m'));
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /warning model\.safetensors: Cannot read model\.safetensors as safetensors: .* \[model-unreadable\]/,
  );
});

test('inspect REF shows what the files say, and where it is not what is stated', async () => {
  lay('model: { format: safetensors, parameters: "800" }\n');
  expect((await cli('pack', scratch.at('m'))).status).toBe(0);
  const shown = await cli('inspect', 'acme/m:1.0.0');
  expect(shown.stdout).toMatch(/files say +safetensors, 800 parameters, float16/);
  const { facts, findings } = JSON.parse((await cli('inspect', 'acme/m:1.0.0', '--json')).stdout);
  expect(facts).toMatchObject({
    files: ['model.safetensors'],
    parameters: { value: 800 },
    precision: { value: ['float16'] },
  });
  expect(findings).toEqual([]);
});

test('inspect REF reads what lies in bundles of small files too', async () => {
  lay('');
  const waybill = HEAD.replace(' }\n', ', config: ["*.json"] }\n');
  fs.writeFileSync(scratch.at('m', 'waybill.yaml'), waybill);
  fs.writeFileSync(scratch.at('m', 'config.json'), '{"architectures":["TinyForTest"],"model_type":"tiny"}');
  for (let number = 0; number < 70; number++) fs.writeFileSync(scratch.at('m', `part-${number}.json`), `[${number}]`);
  expect((await cli('pack', scratch.at('m'))).status).toBe(0);
  const { facts, files } = JSON.parse((await cli('inspect', 'acme/m:1.0.0', '--json')).stdout);
  expect(files.find(({ path }: { path: string }) => path === 'config.json').mediaType).toMatch(/\.tar$/);
  expect(facts.architecture.value).toEqual(['TinyForTest', 'tiny']);
});
