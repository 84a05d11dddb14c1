/** NPZ: arrays of NumPy in a ZIP archive, one member `NAME.npy` each. The reference reader is `numpy.lib.npyio.NpzFile`. */
import { type ByteSource, bytesSource } from '../model-file/byte-source.ts';
import { type Format, invalid, type ModelFile, tooLarge } from '../model-file/format.ts';
import { NPY_BEGINNING, readNpyHeader } from '../model-file/npy-header.ts';
import type { Tensor } from '../model-file/tensor.ts';
import { inflateBeginning, partOf } from '../model-file/zip/content.ts';
import { type Member, readMembers } from '../model-file/zip/members.ts';

export const npz: Format = {
  id: 'npz',
  title: 'NPZ',
  specification: 'https://numpy.org/doc/stable/reference/generated/numpy.savez.html',
  tells: 'the arrays',
  extensions: ['.npz'],
  detects: (head) => firstMemberOf(head)?.endsWith(SUFFIX) === true,
  read,
};

const SUFFIX = '.npy';

async function read(source: ByteSource): Promise<ModelFile> {
  const members = await readMembers(source, {
    invalid: (found) => invalid(source, 'NPZ', found),
    tooLarge: (found) => tooLarge(source, 'NPZ', found),
  });
  const tensors: Tensor[] = [];
  for (const member of members) {
    if (!member.name.endsWith(SUFFIX))
      throw invalid(source, 'NPZ', `it has a member ${JSON.stringify(member.name)}, which is no array`);
    tensors.push(await readArray(source, member));
  }
  return { tensors, metadata: new Map() };
}

async function readArray(source: ByteSource, member: Member): Promise<Tensor> {
  const shown = `the member ${JSON.stringify(member.name)}`;
  const refusals = {
    invalid: (found: string) => invalid(source, 'NPZ', `of ${shown}, ${found}`),
    tooLarge: (found: string) => tooLarge(source, 'NPZ', `of ${shown}, ${found}`),
  };
  const name = member.name.slice(0, -SUFFIX.length);
  if (!member.isCompressed) {
    const { dtype, shape, start } = await readNpyHeader(partOf(source, member), refusals);
    return { name, dtype, shape, start: member.start + start, end: member.end };
  }
  const beginning = await inflateBeginning(source, member, {
    most: NPY_BEGINNING,
    refuse: (found) => invalid(source, 'NPZ', `${shown} ${found}`),
  });
  const { dtype, shape } = await readNpyHeader({ ...bytesSource(member.name, beginning), size: member.size }, refusals);
  return { name, dtype, shape, start: member.start, end: member.end, isCompressed: true };
}

/** The name in the header that the archive begins with. */
function firstMemberOf(head: Uint8Array): string | undefined {
  const bytes = Buffer.from(head);
  if (bytes.length < 30 || bytes.readUInt32LE(0) !== 0x04034b50) return undefined;
  return bytes.toString('latin1', 30, 30 + bytes.readUInt16LE(26));
}
