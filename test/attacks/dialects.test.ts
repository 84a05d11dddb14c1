/** Hostile artifacts in other tools' dialects: what their own statements and archives could be used for. */
import zlib from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { verify } from '../../src/model/verify.ts';
import { sha256 } from '../_support/artifact-maker.ts';
import { orasArtifact, orasFolder, samples } from '../_support/dialect-samples.ts';
import { type Foreign, type ForeignLayer, writeForeign } from '../_support/foreign-artifact.ts';
import { rawTar } from '../_support/raw-tar.ts';
import { expectRefused, failureOf, type Refusal } from '../_support/refusal.ts';
import { makeScratch } from '../_support/scratch.ts';
import { openAttack } from '../_support/stores.ts';

const scratch = makeScratch();
afterAll(() => scratch[Symbol.dispose]());

let count = 0;
const write = (artifact: Foreign) => writeForeign(scratch.at(String(++count)), artifact);

function sampleOf(dialect: string, name: string): Foreign {
  const found = samples.find((sample) => sample.dialect === dialect && sample.name === name);
  if (found === undefined) throw new Error(`there is no sample ${name} of ${dialect}`);
  return found.artifact;
}

/** Another configuration: the text of the good one with something replaced. */
function withConfig(artifact: Foreign, from: string | RegExp, to: string): Foreign {
  const before = JSON.stringify(artifact.config.content);
  const content = before.replace(from, to);
  expect(content).not.toBe(before);
  return { ...artifact, config: { ...artifact.config, content } };
}

const withLayer = (artifact: Foreign, at: number, change: (layer: ForeignLayer) => ForeignLayer): Foreign => ({
  ...artifact,
  layers: artifact.layers.with(at, change(artifact.layers[at] as ForeignLayer)),
});

const damaged: Refusal = { rule: 'layer-digest', code: 'DIGEST_INVALID' };
const unsafe: Refusal = { rule: 'layer-digest', code: 'ARCHIVE_UNSAFE' };
const other = sha256('something else');

test.each<[string, Foreign, Refusal]>([
  [
    'a diffId in a Kitfile that is not that of the tar',
    withConfig(sampleOf('kit', 'tar, gzip'), /"diffId":"sha256:[0-9a-f]{64}"/, `"diffId":"${other}"`),
    damaged,
  ],
  [
    'a diffId in a Kitfile that is not that of a compressed file',
    withConfig(sampleOf('kit', 'raw, zstd'), /"diffId":"sha256:[0-9a-f]{64}"/, `"diffId":"${other}"`),
    damaged,
  ],
  [
    'a diffId in a Kitfile that is not that of the file',
    withConfig(sampleOf('kit', 'raw, none'), /"diffId":"sha256:[0-9a-f]{64}"/, `"diffId":"${other}"`),
    { rule: 'diff-ids', code: 'MANIFEST_INVALID' },
  ],
  [
    'a Kitfile with a layer that is not there',
    withConfig(sampleOf('kit', 'tar, none'), /"digest":"sha256:[0-9a-f]{64}"/, `"digest":"${other}"`),
    { rule: 'kitfile-layer', code: 'MANIFEST_INVALID' },
  ],
  [
    'a path in an old Kitfile that leads out',
    withConfig(sampleOf('kit', 'before 0.5'), './src', '../../evil/src'),
    { rule: 'path', code: 'ARCHIVE_UNSAFE' },
  ],
  [
    'a layer type that kit does not have',
    withLayer(sampleOf('kit', 'tar, none'), 0, (layer) => ({
      ...layer,
      mediaType: 'application/vnd.kitops.modelkit.model.v1.squashfs',
    })),
    { rule: 'layer-type', code: 'MANIFEST_INVALID' },
  ],
  [
    'diff_ids of Docker Model Runner that are of other content',
    withConfig(sampleOf('docker', 'v0.2, a file for each layer'), /sha256:[0-9a-f]{64}/, other),
    { rule: 'diff-ids', code: 'MANIFEST_INVALID' },
  ],
  [
    'fewer diff_ids than layers',
    withConfig(sampleOf('docker', 'v0.1, one GGUF without names'), /"sha256:[0-9a-f]{64}",/, ''),
    { rule: 'diff-ids', code: 'MANIFEST_INVALID' },
  ],
  [
    'a layer type that Docker Model Runner does not have',
    withLayer(sampleOf('docker', 'v0.1, one GGUF without names'), 1, (layer) => ({
      ...layer,
      mediaType: 'application/vnd.docker.ai.new',
    })),
    { rule: 'layer-type', code: 'MANIFEST_INVALID' },
  ],
  [
    'a kind of layer that Ollama does not have',
    withLayer(sampleOf('ollama', 'every kind'), 1, (layer) => ({
      ...layer,
      mediaType: 'application/vnd.ollama.image.new',
    })),
    { rule: 'layer-type', code: 'MANIFEST_INVALID' },
  ],
  [
    'a diffId of an older name of ModelPack',
    withConfig(sampleOf('cnai', 'tar, with diff_ids'), /sha256:[0-9a-f]{64}/, other),
    damaged,
  ],
  [
    'a folder of oras whose content is not what it says',
    orasArtifact([orasFolder('d', rawTar({ name: 'd/x', content: 'x' }), other)]),
    damaged,
  ],
  [
    'a folder of oras with an entry beside it',
    orasArtifact([orasFolder('d', rawTar({ name: 'd2/x', content: 'x' }))]),
    unsafe,
  ],
  [
    'a folder of oras with an entry above it',
    orasArtifact([orasFolder('d', rawTar({ name: 'd/../../x', content: 'x' }))]),
    unsafe,
  ],
  [
    'a folder of oras with a link',
    orasArtifact([orasFolder('d', rawTar({ name: 'd/x', type: '2', link: '/etc/passwd' }))]),
    unsafe,
  ],
  [
    'a folder of oras that is no gzip',
    orasArtifact([{ ...orasFolder('d', rawTar()), content: 'no gzip at all' }]),
    unsafe,
  ],
  [
    'a file of oras in the place of a folder',
    orasArtifact([
      orasFolder('d', rawTar({ name: 'd/x', content: 'x' })),
      { mediaType: 'a/b', content: 'x', annotations: { 'org.opencontainers.image.title': 'd' } },
    ]),
    { rule: 'path-collision', code: 'ARCHIVE_UNSAFE' },
  ],
  [
    'a tar of AIKit that is to hold one file and holds two',
    withLayer(sampleOf('aikit', 'tar'), 0, (layer) => ({
      ...layer,
      content: rawTar({ name: 'model.gguf', content: 'a' }, { name: 'other.gguf', content: 'b' }),
    })),
    unsafe,
  ],
  [
    'a tar of AIKit that holds another file',
    withLayer(sampleOf('aikit', 'tar'), 0, (layer) => ({
      ...layer,
      content: rawTar({ name: 'other.gguf', content: 'a' }),
    })),
    unsafe,
  ],
])('verify() and unpack() refuse %s', async (_, artifact, refusal) => {
  await expectRefused(write(artifact), refusal);
});

test('a compressed file that is a bomb is refused before it is large', async () => {
  const content = zlib.gzipSync(Buffer.alloc(200 * 1024 * 1024));
  const good = sampleOf('kit', 'raw, gzip');
  const before = sha256(good.layers[0]?.content ?? '');
  const bomb = withConfig(
    withLayer(good, 0, (layer) => ({ ...layer, content })),
    before,
    sha256(content),
  );
  await expectRefused(write(bomb), { rule: 'layer-digest', code: 'LIMIT_EXCEEDED' });
});

test("Ollama's form with a blob for each tensor cannot be told: the reason is named", async () => {
  const perTensor = withLayer(sampleOf('ollama', 'every kind'), 0, (layer) => ({
    ...layer,
    mediaType: 'application/vnd.ollama.image.tensor',
    more: { name: 'model.embed_tokens.weight' },
  }));
  await using attack = await openAttack('oci', write(perTensor));
  const error = await failureOf(verify(attack.store, attack.target));
  expect(error.code).toBe('UNSUPPORTED');
  expect(error.message).toContain('each tensor is a blob of its own');
});

test.each([
  ['a container image', 'application/vnd.oci.image.config.v1+json'],
  ['a Helm chart', 'application/vnd.cncf.helm.config.v1+json'],
  ['a model of a version of Docker Model Runner that is to come', 'application/vnd.docker.ai.model.config.v9+json'],
  ['a ModelPack model without its artifactType', 'application/vnd.cncf.model.config.v1+json'],
])('%s is not taken for files of oras', async (_, mediaType) => {
  const { layers } = sampleOf('oras', 'files and a folder');
  const made = write({ config: { mediaType, content: '{}' }, layers });
  await using attack = await openAttack('oci', made);
  expect((await failureOf(verify(attack.store, attack.target))).code).toBe('UNSUPPORTED');
});
