/** Which of two versions is the newer one: SemVer 2.0.0 §11. */

const SEMVER = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/;

/** Negative if the first is older; undefined where one of them is no version as SemVer has it. */
export function compareVersions(first: string | undefined, second: string | undefined): number | undefined {
  const [a, b] = [SEMVER.exec(first ?? ''), SEMVER.exec(second ?? '')];
  if (a === null || b === null) return undefined;
  const core = [1, 2, 3].map((at) => compareNumbers(a[at], b[at])).find((order) => order !== 0);
  return core ?? comparePrerelease(a[4], b[4]);
}

/** Digits, however many: no number holds them all. */
function compareNumbers(a = '', b = ''): number {
  const [x, y] = [BigInt(a), BigInt(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

function comparePrerelease(first: string | undefined, second: string | undefined): number {
  if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined);
  const [a, b] = [first.split('.'), second.split('.')];
  for (const [at, part] of a.entries()) {
    const other = b[at];
    if (other === undefined) return 1;
    const order = compareParts(part, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers are lower than words. */
function compareParts(a: string, b: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return compareNumbers(a, b);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
