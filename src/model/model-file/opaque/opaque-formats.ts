/** The formats that are named and not read. The first that fits decides: what is in a container comes before it. */
import type { Look, Opaque } from './opaque.ts';

const PICKLE = 'it holds a pickle, a program that runs when the file is loaded';
const NATIVE = 'it is machine code';
const CONTAINER = 'it is a container, and what is in it may be anything';
const OTHER = 'Waybill does not know how';

const startsWith =
  (...magics: readonly string[]) =>
  ({ head }: Look) =>
    magics.some((magic) => head.toString('latin1', 0, magic.length) === magic);
const has =
  (...parts: readonly RegExp[]) =>
  ({ members }: Look) =>
    parts.every((part) => members.some((name) => part.test(name)));
const isNamed =
  (...extensions: readonly string[]) =>
  ({ name }: Look) =>
    extensions.some((extension) => name.endsWith(extension));

const TORCH = ['.pt', '.pth', '.bin', '.ckpt', '.pkl', '.zip'];
const holdsPickle = has(/^(?:[^/]+\/)?(?:data|constants)\.pkl$/);
const holdsCode = has(/^(?:[^/]+\/)?code\//);
/** Number 0x1950a86a20f9469cfc6c, before anything else. */
const isOldTorch = startsWith('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.');
/** Operations that a pickle of protocol 2 and above begins with, behind the protocol. */
const FIRST_OPERATIONS = '\x95(])}cXUKJMNVIFGST\x8a\x8c\x88\x89\x8e';
/** The first operations of protocols 0 and 1: a global, a list, dictionary or tuple, a text. */
const OLD_PICKLE = /^(?:c[\w.]{1,100}\n[\w.]{1,100}\n|\([ldt]p\d|\(S'|V[\w.]{1,100}\np\d)/;
const isPickle = ({ head }: Look) => {
  const [mark, protocol = 0, operation = 0] = head;
  if (mark !== 0x80) return OLD_PICKLE.test(head.toString('latin1'));
  return protocol >= 2 && protocol <= 5 && FIRST_OPERATIONS.includes(String.fromCharCode(operation));
};
/** Two bytes by which zlib's streams are known, with their check. */
const isZlib = ({ head }: Look) => head[0] === 0x78 && head.length > 2 && head.readUInt16BE(0) % 31 === 0;
const isCompressed = (look: Look) =>
  isZlib(look) || startsWith('\x1f\x8b', 'BZh', '\xfd7zXZ\0', '\x5d\0\0', '\x04"M\x18', '(\xb5/\xfd')(look);
const isTar = ({ head }: Look) => head.toString('latin1', 257, 262) === 'ustar';
/** A number, then a message: the first field of both. */
const isVersioned = ({ head: [tag, version = 0, next] }: Look) =>
  tag === 0x08 && version >= 1 && version <= 15 && next === 0x12;

const entry = (
  id: string,
  title: string,
  extensions: readonly string[],
  detects: Opaque['detects'],
  why: string,
): Opaque => ({ id, title, extensions, why, ...(detects === undefined ? {} : { detects }) });
const generic = (...parts: Parameters<typeof entry>): Opaque => ({ ...entry(...parts), isGeneric: true });

export const opaqueFormats: readonly Opaque[] = [
  entry('pytorch', 'PyTorch', TORCH, (look) => holdsPickle(look) && !holdsCode(look), PICKLE),
  entry(
    'torchscript',
    'TorchScript',
    [...TORCH, '.jit', '.ptl', '.torchscript'],
    (look) => holdsPickle(look) && holdsCode(look),
    'it is a program',
  ),
  entry('pytorch-legacy', 'PyTorch before 1.6', TORCH, isOldTorch, PICKLE),
  entry(
    'keras',
    'Keras',
    ['.keras'],
    has(/^config\.json$/, /^(?:model|_model)\.weights\.h5$/),
    'its layers may be programs',
  ),
  entry('skops', 'skops', ['.skops'], has(/^schema\.json$/), 'it names functions that run when it is loaded'),
  entry(
    'joblib',
    'joblib',
    ['.joblib', '.pkl', '.z', '.gz', '.bz2', '.xz', '.lzma', '.lz4'],
    (look) =>
      (isNamed('.joblib')(look) && (isPickle(look) || isCompressed(look))) ||
      (isPickle(look) && look.head.includes('joblib')),
    PICKLE,
  ),
  entry('pickle', 'a pickle of Python', ['.pkl', '.pickle', '.p', '.dill', '.cloudpickle'], isPickle, PICKLE),
  entry('hdf5', 'HDF5', ['.h5', '.hdf5', '.keras'], startsWith('\x89HDF\r\n\x1a\n'), 'its layers may be programs'),
  entry(
    'savedmodel',
    'TensorFlow SavedModel',
    ['.pb'],
    (look) => look.name === 'saved_model.pb' || (isNamed('.pb')(look) && isVersioned(look)),
    'its graph may call programs, and read and write files',
  ),
  entry('coreml', 'Core ML', ['.mlmodel'], (look) => isNamed('.mlmodel')(look) && isVersioned(look), OTHER),
  entry(
    'nemo',
    'NeMo',
    ['.nemo'],
    (look) => isNamed('.nemo')(look) && (isTar(look) || isCompressed(look)),
    `${PICKLE}, and a configuration that names functions to call`,
  ),
  entry('tensorrt', 'TensorRT engine', ['.engine', '.plan', '.trt'], startsWith('ftrt'), NATIVE),
  entry('llamafile', 'llamafile', ['.llamafile', '.exe'], startsWith('MZqFpD'), 'it is a program'),
  entry(
    'executable',
    'a native program',
    ['', '.exe', '.dll', '.so', '.dylib', '.llamafile', '.node'],
    startsWith('\x7fELF', 'MZ\x90\0', '\xcf\xfa\xed\xfe', '\xce\xfa\xed\xfe', '\xca\xfe\xba\xbe'),
    NATIVE,
  ),
  entry('onnxruntime', 'ONNX Runtime', ['.ort'], ({ head }) => head.toString('latin1', 4, 8) === 'ORTM', OTHER),
  entry(
    'executorch',
    'ExecuTorch',
    ['.pte'],
    ({ head }) => /^ET\d\d$/.test(head.toString('latin1', 4, 8)),
    'it may carry machine code for a device',
  ),
  entry(
    'openvino',
    'OpenVINO',
    ['.xml'],
    ({ head }) => /^(?:\ufeff)?<\?xml[^>]*>\s*<net\s/.test(head.toString('utf8')),
    OTHER,
  ),
  entry('rds', 'R objects', ['.rds', '.rda', '.rdata'], startsWith('RDX3\n', 'RDX2\n'), 'it may hold functions'),
  entry('torch7', 'Torch 7', ['.t7'], undefined, 'it may hold functions'),
  entry('pmml', 'PMML', ['.pmml'], undefined, OTHER),
  entry('7z', '7z', ['.7z'], startsWith("7z\xbc\xaf'\x1c"), CONTAINER),
  entry('rar', 'RAR', ['.rar'], startsWith('Rar!\x1a\x07'), CONTAINER),
  generic('zip', 'ZIP', ['.zip'], startsWith('PK\x03\x04', 'PK\x05\x06'), CONTAINER),
  generic('tar', 'tar', ['.tar'], isTar, CONTAINER),
  generic('gzip', 'gzip', ['.gz', '.tgz', '.rds', '.rda'], startsWith('\x1f\x8b'), CONTAINER),
  generic('bzip2', 'bzip2', ['.bz2'], startsWith('BZh'), CONTAINER),
  generic('xz', 'xz', ['.xz'], startsWith('\xfd7zXZ\0'), CONTAINER),
  generic('zstd', 'Zstandard', ['.zst'], startsWith('(\xb5/\xfd'), CONTAINER),
  generic('lz4', 'LZ4', ['.lz4'], startsWith('\x04"M\x18'), CONTAINER),
  generic('zlib', 'zlib', ['.z', '.zlib'], isZlib, CONTAINER),
];
