/** Manifests that were good before something about them was changed. */
import { IMAGE_INDEX, IMAGE_MANIFEST } from '../../src/oci/media-types.ts';
import type { Random } from '../_support/random.ts';
import { type Known, pick } from './_known.ts';

type Change = (text: string, random: Random, known: Known) => string | Buffer;

const changes: readonly Change[] = [
  // A key twice: parsers differ in which one they take.
  (text) => text.replace('{', '{"schemaVersion":2,'),
  (text) => text.replace('"layers":', '"layers":[],"layers":'),
  (text) => text.replace('{', `{"mediaType":"${IMAGE_INDEX}",`),
  // Image and index at once.
  (text) => text.replace('{', '{"manifests":[],'),
  (text) => text.replace('{', '{"layers":[],'),
  (text) => text.replace(IMAGE_MANIFEST, IMAGE_INDEX),
  (text) => text.replace(IMAGE_INDEX, IMAGE_MANIFEST),
  (text) => text.replace('"layers"', '"Layers"'),
  (text) => text.replace('"mediaType"', '"MEDIATYPE"'),
  (text) => text.replace('"digest"', '"digeſt"'),
  (text) => text.replace('{', '{"__proto__":{"polluted":true},'),
  (text) => text.replace('{', '{"constructor":{"prototype":{}},'),
  (text, random) => text.replace('{', `{"deep":${'['.repeat(random.below(3_000))}${']'.repeat(random.below(3_000))},`),
  (text, random) => text.replace('"annotations":{', `"annotations":{"long":"${'x'.repeat(random.below(100_000))}",`),
  (text) => text.replace(/"annotations":\{[^}]*\}/, '"annotations":{"a":1}'),
  (text, random) =>
    text.replace(
      /"size":\d+/,
      `"size":${pick(random, ['-1', '1e400', '0.5', '9007199254740993', '"1"', 'null', '0'])}`,
    ),
  (text, random, known) =>
    text.replace(/sha256:[0-9a-f]{64}/, pick(random, [...known.digests, 'sha256:../../x', `sha256:${'0'.repeat(64)}`])),
  (text) => text.replace(/"urls":\[\]|"size"/, '"urls":["http://169.254.169.254/"],"size"'),
  (text) => text.replace('"schemaVersion":2', '"schemaVersion":1'),
  (text) => `\ufeff${text}`,
  (text) => `${text}${text}`,
  (text) => text.slice(0, Math.floor(text.length / 2)),
  (text) => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.of(0xff, 0x7d)]),
  () => '',
  () => 'null',
  () => '[]',
  (text, random) => text.replace(/"layers":\[/, `"layers":[${'{},'.repeat(random.below(500))}`),
  (text, random) => edited(text, random),
  (text, random) => edited(text, random),
];

export function wildManifest(random: Random, known: Known, text: string): Buffer {
  const change = pick(random, changes);
  const once = change(text, random, known);
  const twice = typeof once === 'string' && random.below(3) === 0 ? pick(random, changes)(once, random, known) : once;
  return Buffer.from(twice);
}

/** Some characters taken out, doubled or replaced. */
function edited(text: string, random: Random): string {
  let changed = text;
  for (let edits = 1 + random.below(3); edits > 0; edits--) {
    const at = random.below(changed.length + 1);
    const put = pick(random, [
      '',
      '"',
      '{',
      '}',
      ',',
      ':',
      '0',
      '\\u0000',
      '\\ud800',
      'e',
      '-',
      ' ',
      '\n',
      changed.slice(at, at + 20),
    ]);
    changed = `${changed.slice(0, at)}${put}${changed.slice(at + random.below(3))}`;
  }
  return changed;
}
