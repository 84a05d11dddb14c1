/** foldPath() against Python's str.casefold() and NFC, over every code point of Unicode. */
import { expect, test } from 'vitest';
import { foldPath } from '../../src/model/paths/collisions.ts';
import { tool } from './_run.ts';

const LAST_CODE_POINT = 0x10ffff;
const isSurrogate = (code: number) => code >= 0xd800 && code <= 0xdfff;

const program = `
import sys, unicodedata
nfc = lambda text: unicodedata.normalize("NFC", text)
out = sys.stdout.buffer
for code in range(${LAST_CODE_POINT + 1}):
    if not 0xD800 <= code <= 0xDFFF:
        folded = nfc(nfc(chr(code)).casefold())
        if folded != chr(code):
            out.write(f"{code} {'.'.join(str(ord(sign)) for sign in folded)}\\n".encode())
print(unicodedata.unidata_version, file=sys.stderr)
`;

/** What each code point becomes under Python; those that stay as they are, are absent. */
function pythonFolding(): ReadonlyMap<number, string> {
  const { stdout, stderr } = tool('python3', ['-c', program]);
  console.log(`casefold() of Unicode ${stderr.trim()}; node has Unicode ${process.versions['unicode']}`);
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => {
        const [code = '', folded = ''] = line.split(' ');
        return [Number(code), String.fromCodePoint(...folded.split('.').map(Number))];
      }),
  );
}

const python = pythonFolding();

/** Code points by what they become. */
function groups(fold: (sign: string, code: number) => string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (let code = 1; code <= LAST_CODE_POINT; code++) {
    if (isSurrogate(code)) continue;
    const sign = String.fromCodePoint(code);
    const key = fold(sign, code);
    const group = found.get(key);
    if (group === undefined) found.set(key, [sign]);
    else group.push(sign);
  }
  return found;
}

test('the oracle knows its business', () => {
  expect(python.size).toBeGreaterThan(1_000);
  expect([python.get(0xdf), python.get(0x130), python.get(0xfb01)]).toEqual(['ss', 'i̇', 'fi']);
});

test('foldPath() misses no collision: a character and its casefold are one', () => {
  const missed = [...python].filter(([code, folded]) => foldPath(String.fromCodePoint(code)) !== foldPath(folded));
  expect(missed.map(([code, folded]) => `U+${code.toString(16)} ${folded}`)).toEqual([]);
});

test('foldPath() misses no collision: characters that casefold alike fold alike', () => {
  const missed = [...groups((sign, code) => python.get(code) ?? sign).values()].filter(
    (group) => new Set(group.map(foldPath)).size > 1,
  );
  expect(missed).toEqual([]);
});

test('foldPath() takes no two characters for one that casefold() tells apart, if Python knows both', () => {
  const over = [...groups(foldPath).values()].filter(
    (group) => new Set(group.map((sign) => python.get(sign.codePointAt(0) ?? 0) ?? sign)).size > 1,
  );
  const newer = unassigned(over.flat());
  const known = over.filter((group) => !group.some((sign) => newer.has(sign)));
  console.log(`foldPath() joins ${over.length} groups that casefold() tells apart, ${known.length} of known letters`);
  expect(known).toEqual([]);
});

/** Which of the characters Python's Unicode does not have yet; node's is newer. */
function unassigned(signs: readonly string[]): ReadonlySet<string> {
  const asked = 'import sys, unicodedata; print("".join(unicodedata.category(sign)[1] for sign in sys.argv[1]))';
  const { stdout } = tool('python3', ['-c', asked, signs.join('')]);
  return new Set(signs.filter((_, index) => stdout[index] === 'n'));
}

test('foldPath() is the same for both normal forms, and folding twice changes nothing', () => {
  const odd: string[] = [];
  for (let code = 1; code <= LAST_CODE_POINT; code++) {
    if (isSurrogate(code)) continue;
    const sign = String.fromCodePoint(code);
    const folded = foldPath(sign);
    if (foldPath(sign.normalize('NFD')) !== folded || foldPath(folded) !== folded) odd.push(`U+${code.toString(16)}`);
  }
  expect(odd).toEqual([]);
});
