import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareBytes } from '../../base/bytes.ts';
import { canonicalJson, type JsonValue } from '../../base/canonical-json.ts';
import { WaybillError } from '../../base/errors.ts';
import { type Digest, digestOf, encodedOf, parseDigest } from '../../oci/digest.ts';
import { parseBundle } from '../bundle/bundle.ts';
import { IN_TOTO_PAYLOAD } from '../dsse/envelope.ts';
import { localSigner } from '../keys/signer.ts';
import { signStatement } from '../sign-statement.ts';
import { compareResources } from './compare.ts';
import { isLeftOut } from './left-out.ts';
import { readModelSignature } from './read.ts';
import { refusalOfName } from './resource-name.ts';
import { rootOf } from './root.ts';
import { modelStatement } from './write.ts';

const files = (...names: readonly string[]) => new Map(names.map((name) => [name, digestOf(name)]));
const own = modelStatement('digits', files('weights/model.bin', 'README.md'));
const envelopeOf = (payload: Uint8Array, payloadType = IN_TOTO_PAYLOAD) => ({
  envelope: { payloadType, payload: Buffer.from(payload), signature: Buffer.alloc(0), keyid: '' },
});
const read = (payload: Uint8Array) => readModelSignature(envelopeOf(payload));

interface Resource {
  name: JsonValue;
  algorithm: JsonValue;
  digest: JsonValue;
}
interface Draft {
  _type: JsonValue;
  subject: { name?: JsonValue; digest: Record<string, JsonValue> }[];
  predicateType: JsonValue;
  predicate: { resources: Resource[]; serialization: Record<string, JsonValue> } & Record<string, JsonValue>;
}

/** Our own statement with something changed, its root made right again unless the change is about that. */
function changed(change: (draft: Draft) => void, keepsRoot = false): Buffer {
  const draft = JSON.parse(own.payload.toString()) as Draft;
  change(draft);
  const digests = Array.isArray(draft.predicate?.resources)
    ? draft.predicate.resources.map((resource) => (typeof resource?.digest === 'string' ? resource.digest : ''))
    : [];
  if (!keepsRoot && draft.subject[0] !== undefined) draft.subject[0].digest['sha256'] = rootOf(digests);
  return Buffer.from(JSON.stringify(draft));
}

const resource = (name: string, digest = encodedOf(digestOf(name))) => ({ name, algorithm: 'sha256', digest });

function refusal(payload: Uint8Array): WaybillError {
  try {
    read(payload);
  } catch (error) {
    if (error instanceof WaybillError) return error;
    throw error;
  }
  throw new Error('it was read');
}

describe('modelStatement()', () => {
  test('writes what the specification shows, in canonical JSON', () => {
    const readme = encodedOf(digestOf('README.md'));
    const model = encodedOf(digestOf('weights/model.bin'));
    expect(own.root).toBe(encodedOf(digestOf(Buffer.from(readme + model, 'hex'))));
    const statement = {
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'digits', digest: { sha256: own.root } }],
      predicateType: 'https://model_signing/signature/v1.0',
      predicate: {
        resources: [
          { name: 'README.md', algorithm: 'sha256', digest: readme },
          { name: 'weights/model.bin', algorithm: 'sha256', digest: model },
        ],
        serialization: {
          method: 'files',
          hash_type: 'sha256',
          allow_symlinks: false,
          ignore_paths: ['.git', '.gitattributes', '.github', '.gitignore', 'model.sig'],
        },
      },
    };
    expect(own.payload.toString()).toBe(canonicalJson(statement));
  });

  test('sorts by code points, not by UTF-16 units and not by parts of paths', () => {
    const names = ['a/b.bin', 'a-b.bin', 'a.bin', '\u{1f600}.bin', '\uff00.bin', 'Z'];
    const { payload } = modelStatement('m', files(...names));
    const listed = read(payload).resources.map(({ name }) => name);
    expect(listed).toEqual(['Z', 'a-b.bin', 'a.bin', 'a/b.bin', '\uff00.bin', '\u{1f600}.bin']);
    expect(listed).toEqual([...names].sort(compareBytes));
  });

  test('leaves out what the specification does, at the root alone, and names what else was left out', () => {
    const all = files('model.sig', '.git/config', '.gitignore', '.github/x', 'sub/.gitignore', 'x');
    const { payload } = modelStatement('m', all, ['signatures/x.sig']);
    const signature = read(payload);
    expect(signature.resources.map(({ name }) => name)).toEqual(['sub/.gitignore', 'x']);
    expect(signature.ignoredPaths).toEqual(['signatures/x.sig']);
  });

  test('signs neither nothing, nor other digests, nor names that cannot be read alike', () => {
    expect(() => modelStatement('m', files('.gitignore'))).toThrow(/no files/);
    const sha512 = parseDigest(`sha512:${'0'.repeat(128)}`);
    expect(() => modelStatement('m', new Map([['a', sha512]]))).toThrow(/not SHA-256/);
    expect(() => modelStatement('m', files('a\\b'))).toThrow(/backslash/);
  });
});

describe('readModelSignature()', () => {
  test('reads what modelStatement() writes', async () => {
    const signer = localSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, 'test');
    const bundle = parseBundle(await signStatement(signer, own.payload));
    expect(readModelSignature(bundle)).toEqual({
      name: 'digits',
      root: own.root,
      resources: [resource('README.md'), resource('weights/model.bin')],
      ignoredPaths: [],
      warnings: [],
    });
  });

  test('takes the root in the order in which the files are listed, whichever that is', () => {
    const payload = changed(({ predicate }) => predicate.resources.reverse());
    expect(read(payload).root).not.toBe(own.root);
    expect(read(payload).resources.map(({ name }) => name)).toEqual(['weights/model.bin', 'README.md']);
  });

  test('takes members of a resource that are others’, and a bundle without ignore_paths', () => {
    const payload = changed(({ predicate }) => {
      Object.assign(predicate.resources[0] ?? {}, { mediaType: 'text/markdown' });
      delete predicate.serialization['ignore_paths'];
    });
    expect(read(payload).warnings).toEqual([]);
  });

  test('warns of paths that the signer left out, and of links that he followed', () => {
    const { ignoredPaths, warnings } = read(
      changed(({ predicate: { serialization } }) => {
        serialization['ignore_paths'] = ['.git', 'ignore-me', 'cache'];
        serialization['allow_symlinks'] = true;
      }),
    );
    expect(ignoredPaths).toEqual(['ignore-me', 'cache']);
    expect(warnings.map(({ rule, level, path }) => [rule, level, path])).toEqual([
      ['path-ignored', 'warning', 'ignore-me'],
      ['path-ignored', 'warning', 'cache'],
      ['links-followed', 'warning', undefined],
    ]);
  });

  test('refuses a payload of another type, and one that is no statement', () => {
    expect(() => readModelSignature(envelopeOf(own.payload, 'application/json'))).toThrow(/its payload is/);
    expect(refusal(Buffer.from('[]')).code).toBe('STATEMENT_INVALID');
  });

  const hex = 'a'.repeat(64);
  type Lie = readonly [what: string, change: (draft: Draft) => unknown, message: RegExp, keepsRoot?: boolean];
  const lies: readonly Lie[] = [
    ['the legacy predicate', (d) => (d.predicateType = 'https://model_signing/Digests/v0.1'), /model_signing 0\.2/],
    ['another predicate', (d) => (d.predicateType = 'https://slsa.dev/provenance/v1'), /its predicateType is/],
    ['statement v0.1', (d) => (d._type = 'https://in-toto.io/Statement/v0.1'), /version 0\.1/],
    ['two subjects', (d) => d.subject.push({ name: 'x', digest: { sha256: hex } }), /more than one subject/],
    ['a subject without name', (d) => delete d.subject[0]?.name, /must have a name/],
    ['a subject with an empty name', (d) => Object.assign(d.subject[0] ?? {}, { name: '' }), /must have a name/],
    ['a second digest', (d) => Object.assign(d.subject[0]?.digest ?? {}, { sha512: hex }), /one digest/],
    ['another digest', (d) => (d.subject = [{ name: 'x', digest: { sha512: hex } }]), /one digest/, true],
    ['another root', (d) => Object.assign(d.subject[0]?.digest ?? {}, { sha256: hex }), /its subject is/, true],
    ['an unknown member', (d) => (d.predicate['more'] = 1), /"more"/],
    ['an unknown way', (d) => (d.predicate.serialization['more'] = 1), /"more"/],
    ['no serialization', (d) => Object.assign(d.predicate, { serialization: null }), /not a JSON object/],
    ['another method', (d) => (d.predicate.serialization['method'] = 'tar'), /method, hash_type/],
    ['no method', (d) => delete d.predicate.serialization['method'], /method, hash_type/],
    ['a weak hash', (d) => (d.predicate.serialization['hash_type'] = 'md5'), /method, hash_type/],
    ['a shard size', (d) => (d.predicate.serialization['shard_size'] = 1), /method, hash_type/],
    ['allow_symlinks as text', (d) => (d.predicate.serialization['allow_symlinks'] = 'no'), /neither true/],
    ['no allow_symlinks', (d) => delete d.predicate.serialization['allow_symlinks'], /neither true/],
    ['ignore_paths as text', (d) => (d.predicate.serialization['ignore_paths'] = 'x'), /not a list/],
    ['an empty ignored path', (d) => (d.predicate.serialization['ignore_paths'] = ['']), /not text/],
    ['a number as ignored path', (d) => (d.predicate.serialization['ignore_paths'] = [1]), /not text/],
    [
      'too many ignored paths',
      (d) => (d.predicate.serialization['ignore_paths'] = Array.from({ length: 10_001 }, () => 'x')),
      /at most 10000/,
    ],
    ['no list', (d) => Object.assign(d.predicate, { resources: {} }), /not a list/],
    ['no files', (d) => (d.predicate.resources = []), /there are none/],
    [
      'too many files',
      (d) => (d.predicate.resources = Array.from({ length: 500_001 }, () => resource('x'))),
      /the limit is 500000/,
    ],
    ['a resource that is none', (d) => d.predicate.resources.push(null as unknown as Resource), /not a JSON object/],
    ['a resource without name', (d) => d.predicate.resources.push({ ...resource(''), name: 1 }), /has no name/],
    ['a name twice', (d) => d.predicate.resources.push(resource('README.md', hex)), /stands there twice/],
    ['a single file', (d) => (d.predicate.resources = [resource('.')]), /a single file/],
    ['an upper-case digest', (d) => d.predicate.resources.push(resource('x', 'A'.repeat(64))), /lower-case hex/],
    ['a short digest', (d) => d.predicate.resources.push(resource('x', 'a'.repeat(62))), /lower-case hex/],
    ['no digest', (d) => d.predicate.resources.push({ ...resource('x'), digest: null }), /lower-case hex/],
    [
      'an algorithm beside the hash type',
      (d) => d.predicate.resources.push({ ...resource('x'), algorithm: 'blake2b' }),
      /the algorithm of "x"/,
    ],
    ['a name with ..', (d) => d.predicate.resources.push(resource('a/../b')), /cannot be used/],
  ];
  for (const [what, change, message, keepsRoot] of lies)
    test(`refuses ${what}`, () => {
      const error = refusal(changed(change, keepsRoot));
      expect(error.code).toBe('STATEMENT_INVALID');
      expect(error.message).toMatch(message);
    });

  test.each([
    ['shards', { method: 'shards', shard_size: 4 }],
    ['blake2b', { hash_type: 'blake2b' }],
    ['blake3', { hash_type: 'blake3' }],
  ])('cannot tell of a signature with %s', (_, other) => {
    const error = refusal(changed(({ predicate }) => Object.assign(predicate.serialization, other)));
    expect(error.code).toBe('UNSUPPORTED');
  });

  test('gives back the files that modelStatement() got, whatever their names are', () => {
    const part = fc.oneof(
      fc.stringMatching(/^[a-zA-Z .*#%~-]{1,8}$/),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
    );
    const path = fc
      .array(part, { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join('/'))
      .filter((name) => refusalOfName(name) === undefined && !isLeftOut(name));
    const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => parseDigest(`sha256:${hex}`));
    fc.assert(
      fc.property(fc.dictionary(path, digest, { minKeys: 1, maxKeys: 12 }), (entries) => {
        const list = new Map<string, Digest>(Object.entries(entries));
        const signature = read(modelStatement('m', list).payload);
        expect(new Map(signature.resources.map(({ name, digest }) => [name, digest]))).toEqual(
          new Map([...list].map(([name, digest]) => [name, encodedOf(digest)])),
        );
        expect(compareResources(signature, list)).toEqual([]);
      }),
      { seed: 20_260_301, numRuns: 500 },
    );
  });

  test('refuses damaged statements in its own words, or reads the same files', () => {
    const length = own.payload.length;
    fc.assert(
      fc.property(fc.nat(length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const damaged = Buffer.from(own.payload);
        damaged[at] = (damaged[at] ?? 0) ^ mask;
        try {
          // A letter of a name of the model, or of a file: the rest is held to the root or to a word of the specification.
          expect(read(damaged).root).toBe(own.root);
        } catch (error) {
          if (!(error instanceof WaybillError)) throw error;
          expect(['STATEMENT_INVALID', 'UNSUPPORTED']).toContain(error.code);
        }
      }),
      { seed: 20_260_301, numRuns: 2_000 },
    );
  });
});
