/**
 * What a publisher's statement binds together: the name under which a package may be believed, its
 * version, the list of its files, and the signature over those files. Without it the parts of two
 * packages could be mixed, and a fraud model pass as a digits model of the same publisher.
 */
import type { JsonObject } from '../encoding/signed-json.ts';
import { predicateTypes } from '../predicate-types.ts';
import type { Statement } from '../statement/statement.ts';
import type { Case } from './evidence.ts';
import { type Refusal, refuse } from './refusal.ts';
import type { Speaker } from './speaker.ts';

export function refusalOfBinding(statement: Statement, speaker: Speaker, asked: Case): Refusal | undefined {
  if (statement.predicateType !== predicateTypes.package) return undefined;
  const { predicate } = statement;
  if (statement.subjects.length !== 1) return refuse('malformed', 'it is about several packages');
  return refusalOfName(predicate, asked) ?? refusalOfFiles(predicate, speaker, asked);
}

function refusalOfName({ name }: JsonObject, { asked, rule, package: own }: Case): Refusal | undefined {
  if (typeof name !== 'string') return refuse('malformed', 'it states no name');
  const shown = JSON.stringify(name.slice(0, 200));
  if (name !== asked.repository && !rule.aliases.includes(name) && !rule.anyName)
    return refuse('wrong-name', `it is about ${shown}, and ${asked.repository} was asked for`);
  return own.name === undefined || own.name === name
    ? undefined
    : refuse('wrong-name', `it is about ${shown}, and the package calls itself ${own.name}`);
}

function refusalOfFiles(
  { version, setDigest }: JsonObject,
  _speaker: Speaker,
  { package: own }: Case,
): Refusal | undefined {
  if (own.version !== undefined && version !== own.version)
    return refuse('wrong-files', `it is about version ${JSON.stringify(version)}, and the package is ${own.version}`);
  if (setDigest !== own.setDigest) return refuse('wrong-files', 'it is about another set of files');
  return undefined;
}
