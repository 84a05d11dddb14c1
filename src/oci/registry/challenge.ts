/** `WWW-Authenticate` of a registry: RFC 9110 §11.6.1, and the distribution project's token scheme. */

export interface Challenge {
  readonly scheme: 'basic' | 'bearer';
  readonly parameters: Readonly<Record<string, string>>;
}

/** The challenges of a header, in its order; schemes that nobody uses with registries are left out. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = [];
  const token = /([A-Za-z0-9!#$%&'*+.^_`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?\s*(,|\s|$)/gy;
  for (
    let match = token.exec(header.slice(0, MAX_HEADER));
    match !== null;
    match = token.exec(header.slice(0, MAX_HEADER))
  ) {
    const [text, name = '', quoted, bare] = match;
    if (text === '') break;
    const value = quoted?.replace(/\\(.)/g, '$1') ?? bare;
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), parameters: {} });
    else {
      const last = challenges.at(-1);
      if (last !== undefined) last.parameters[name.toLowerCase()] = value;
    }
    while (/[\s,]/.test(header[token.lastIndex] ?? '')) token.lastIndex += 1;
  }
  return challenges.filter(
    (challenge): challenge is Challenge => challenge.scheme === 'basic' || challenge.scheme === 'bearer',
  );
}

/** Real challenges have some hundred characters. */
const MAX_HEADER = 16_384;
