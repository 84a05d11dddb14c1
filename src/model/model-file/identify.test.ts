import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ggufOf, npyOf, safetensorsOf } from '../../../test/_support/model-files.ts';
import { message, onnxOf } from '../../../test/_support/onnx-files.ts';
import { zipOf } from '../../../test/_support/zip-files.ts';
import { bytesSource } from './byte-source.ts';
import { identify, readModelFile } from './identify.ts';
import { opaqueFormats } from './opaque/opaque-formats.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const archive = (...names: readonly string[]) => zipOf(names.map((name) => ({ name, content: latin1('x') })));
const pickle = latin1('\x80\x04\x95\x05\0\0\0\0\0\0\0\x8c\x01a.');
const tar = Buffer.concat([Buffer.alloc(257), latin1('ustar\0'), Buffer.alloc(249)]);
const versioned = message([1, 1], [2, message([1, 'x'])]);

test.each<[name: string, bytes: Buffer, id: string]>([
  ['model.pt', archive('archive/data.pkl', 'archive/code/__torch__.py'), 'torchscript'],
  ['model.pt', archive('archive/data.pkl', 'archive/data/0'), 'pytorch'],
  ['pytorch_model.bin', archive('data.pkl'), 'pytorch'],
  ['model.pth', latin1('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02'), 'pytorch-legacy'],
  ['model.keras', archive('metadata.json', 'config.json', 'model.weights.h5'), 'keras'],
  ['model.skops', archive('schema.json'), 'skops'],
  ['model.joblib', pickle, 'joblib'],
  ['model.joblib', deflateSync(pickle), 'joblib'],
  ['model.joblib', gzipSync(pickle), 'joblib'],
  ['model.pkl', Buffer.concat([pickle, latin1('\x8c\x13joblib.numpy_pickle')]), 'joblib'],
  ['model.pkl', pickle, 'pickle'],
  ['model.pkl', latin1('cos\nsystem\n(S"x"\ntR.'), 'pickle'],
  ['model.pickle', latin1('(lp0\nVa\np1\na.'), 'pickle'],
  ['model.h5', latin1('\x89HDF\r\n\x1a\n\0'), 'hdf5'],
  ['saved_model.pb', latin1('\x12\x01x'), 'savedmodel'],
  ['frozen.pb', versioned, 'savedmodel'],
  ['model.mlmodel', versioned, 'coreml'],
  ['model.nemo', tar, 'nemo'],
  ['model.engine', latin1('ftrt\0\0'), 'tensorrt'],
  ['model.llamafile', latin1("MZqFpD='\n"), 'llamafile'],
  ['libmodel.so', latin1('\x7fELF\x02'), 'executable'],
  ['model.exe', latin1('MZ\x90\0'), 'executable'],
  ['model.ort', latin1('\x20\0\0\0ORTM'), 'onnxruntime'],
  ['model.pte', latin1('\x20\0\0\0ET12'), 'executorch'],
  ['model.xml', latin1('<?xml version="1.0"?>\n<net name="a">'), 'openvino'],
  ['model.rds', latin1('RDX3\n'), 'rds'],
  ['model.t7', latin1('\0\0\0\x04'), 'torch7'],
  ['model.pmml', latin1('<PMML>'), 'pmml'],
  ['model.7z', latin1("7z\xbc\xaf'\x1c"), '7z'],
  ['model.rar', latin1('Rar!\x1a\x07\x01\0'), 'rar'],
  ['model.zip', archive('a.txt'), 'zip'],
  ['model.tar', tar, 'tar'],
  ['model.gz', gzipSync(pickle), 'gzip'],
  ['model.bz2', latin1('BZh91AY'), 'bzip2'],
  ['model.xz', latin1('\xfd7zXZ\0'), 'xz'],
  ['model.zst', latin1('(\xb5/\xfd'), 'zstd'],
  ['model.lz4', latin1('\x04"M\x18'), 'lz4'],
  ['model.z', deflateSync(pickle), 'zlib'],
])('identify() names %s without reading it', async (name, bytes, id) => {
  const { opaque, format, findings } = await identify(bytesSource(name, bytes));
  expect([opaque?.id, format, findings]).toEqual([id, undefined, []]);
});

test('every opaque format has its own id', () => {
  expect(new Set(opaqueFormats.map(({ id }) => id)).size).toBe(opaqueFormats.length);
});

test.each<[name: string, bytes: Buffer, id: string]>([
  ['model.safetensors', pickle, 'pickle'],
  ['model.bin', ggufOf({}), 'gguf'],
  ['model.pt', onnxOf(), 'onnx'],
  ['array.npz', npyOf("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", 4), 'npy'],
  ['model.gguf', safetensorsOf('{}', 0), 'safetensors'],
  ['model.pt', latin1('\x89PNG\r\n\x1a\n'), 'pytorch'],
])('identify() goes by what is in %s, and tells that its name says otherwise', async (name, bytes, id) => {
  const { opaque, format, findings } = await identify(bytesSource(name, bytes));
  expect([(opaque ?? format)?.id, findings]).toEqual([id, [expect.objectContaining({ rule: 'model-extension' })]]);
});

test('a container whose name says what is in it is read as that', async () => {
  await expect(readModelFile(bytesSource('a.npz', archive('data.pkl.txt')))).rejects.toMatchObject({
    code: 'FORMAT_INVALID',
    message: expect.stringContaining('which is no array'),
  });
});

test('a damaged archive is named as an archive', async () => {
  const { opaque } = await identify(bytesSource('model.zip', archive('data.pkl').subarray(0, 40)));
  expect(opaque?.id).toBe('zip');
});

test('readModelFile() says what a file is that it does not read, and identify() what it does not know', async () => {
  await expect(readModelFile(bytesSource('model.pkl', pickle))).rejects.toMatchObject({
    code: 'UNSUPPORTED',
    message: expect.stringContaining('it is a pickle of Python, and it holds a pickle'),
  });
  await expect(readModelFile(bytesSource('model.safetensors', pickle))).rejects.toMatchObject({
    code: 'FORMAT_INVALID',
    message: expect.stringContaining('as safetensors: it is a pickle of Python'),
  });
  for (const name of ['notes.txt', 'model.bin', 'model'])
    await expect(identify(bytesSource(name, latin1('words')))).rejects.toMatchObject({ code: 'UNSUPPORTED' });
});
