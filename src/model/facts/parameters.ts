/** Numbers of parameters as people write them: `4810`, `1.1B`, `7B`. */

const UNITS: Readonly<Record<string, bigint>> = {
  K: 1_000n,
  M: 1_000_000n,
  B: 1_000_000_000n,
  T: 1_000_000_000_000n,
  Q: 1_000_000_000_000_000n,
};

/** Short where it is large: `270M`, `1.1B`; exact below ten thousand. */
export function parametersText(count: bigint): string {
  const [unit, size] = Object.entries(UNITS).findLast(([, size]) => count >= size) ?? ['', 1n];
  if (unit === '' || count < 10_000n) return String(count);
  const digits = count >= 100n * size ? 1n : 10n;
  const written = (count * digits * 2n + size) / (size * 2n);
  // 999,960,000 is 1B and not 1000M; 99,960,000 is 100M and not 100.0M.
  if (written >= 1_000n * digits && unit !== 'Q') return parametersText((written * size) / digits);
  const [whole, tenth] = [written / digits, written % digits];
  return tenth === 0n ? `${whole}${unit}` : `${whole}.${tenth}${unit}`;
}

/**
 * Whether a text as people write it means this number: exact without a unit; with one, rounded or cut to as many digits
 * as are written (70.6 thousand million parameters are 70B to some and 71B to others).
 */
export function meansParameters(text: string, count: bigint): boolean {
  const [, whole = '', fraction = '', letter = ''] = /^(\d+)(?:\.(\d+))?([KMBTQ]?)$/i.exec(text.trim()) ?? [];
  if (whole === '') return false;
  const size = UNITS[letter.toUpperCase()] ?? 1n;
  const scale = 10n ** BigInt(fraction.length);
  const stated = BigInt(whole + fraction);
  const cut = (count * scale) / size;
  const rounded = (count * scale * 2n + size) / (size * 2n);
  return stated === cut || stated === rounded;
}
