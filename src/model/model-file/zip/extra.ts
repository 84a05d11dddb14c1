/** Extra fields of a member of a ZIP archive: APPNOTE.TXT, sections 4.5 and 4.6. */

/** In place of a number that does not fit into 32 bits. */
export const SATURATED = 0xffff_ffff;

const ZIP64 = 0x0001;
/** Times, owners, and the padding that PyTorch writes: nothing by which a member could be another. */
const HARMLESS: readonly number[] = [0x000a, 0x5455, 0x7875, 0x4246];

/**
 * @param stated numbers of 32 bits, in the order in which the larger ones are kept
 * @param invalid makes the error of what was found
 * @returns the numbers, the larger ones in their places
 */
export function readExtra(extra: Buffer, stated: readonly number[], invalid: (found: string) => Error): number[] {
  let large: Buffer | undefined;
  for (let at = 0; at < extra.length; ) {
    const length = at + 4 <= extra.length ? extra.readUInt16LE(at + 2) : Number.POSITIVE_INFINITY;
    if (at + 4 + length > extra.length) throw invalid('has extra fields that end within one');
    const id = extra.readUInt16LE(at);
    if (id === ZIP64 && large === undefined) large = extra.subarray(at + 4, at + 4 + length);
    else if (!HARMLESS.includes(id)) throw invalid(`has the extra field 0x${id.toString(16)}, which is not known`);
    at += 4 + length;
  }
  const saturated = stated.filter((value) => value === SATURATED).length;
  // Before 3.11.4 Python repeated there what fits.
  if (saturated === 0 && large !== undefined && isRepeated(large, stated)) return [...stated];
  if ((large?.length ?? 0) !== 8 * saturated)
    throw invalid(`has ${large?.length ?? 0} bytes of larger numbers, and ${saturated} numbers that do not fit`);
  let next = 0;
  return stated.map((value) => {
    if (value !== SATURATED || large === undefined) return value;
    const found = large.readBigUInt64LE(8 * next);
    next += 1;
    if (found > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid(`states ${found} bytes`);
    return Number(found);
  });
}

function isRepeated(large: Buffer, stated: readonly number[]): boolean {
  const numbers = stated.slice(0, large.length / 8);
  return (
    large.length === 8 * numbers.length &&
    numbers.every((value, index) => large.readBigUInt64LE(8 * index) === BigInt(value))
  );
}
