/** What is wrong in a trust.yaml whose every value is right: what could never be satisfied, or would mean two things. */
import { predicateTypes } from '../predicate-types.ts';
import { canSayNo } from '../verify/results.ts';
import type { Policy, RepositoryRule, Requirement } from './policy.ts';
import { isExact } from './repository-pattern.ts';
import type { TrustFile } from './schema.ts';

export interface Contradiction {
  readonly at: readonly (string | number)[];
  readonly message: string;
}

/** @param file what was written, for the places; keys that could not be read stand only there */
export function findContradictions(policy: Policy, file: TrustFile): readonly Contradiction[] {
  return [
    ...namesTwice(file),
    ...keysTwice(policy, file),
    ...rolesTwice(policy, file),
    ...windows(file),
    ...unusedKinds(policy, file),
    ...policy.repositories.flatMap((rule, index) => ofRule(rule, index, file)),
    ...ofLogs(policy),
  ];
}

/** An answer names a key by its id: one id, one holder. */
function namesTwice({ keys = [], identities = [], repositories }: TrustFile): readonly Contradiction[] {
  const ids = [
    ...keys.map(({ id }, index) => ({ text: id, at: ['keys', index, 'id'] })),
    ...identities.map(({ id }, index) => ({ text: id, at: ['identities', index, 'id'] })),
  ];
  const matches = repositories.map(({ match }, index) => ({ text: match, at: ['repositories', index, 'match'] }));
  return [ids, matches].flatMap((list) =>
    list
      .filter(({ text }, index) => list.findIndex((other) => other.text === text) < index)
      .map(({ text, at }) => ({ at, message: `${JSON.stringify(text)} stands twice` })),
  );
}

/** One key, one role: the same key under two names would have two. */
function keysTwice(policy: Policy, { keys = [] }: TrustFile): readonly Contradiction[] {
  const first = new Map<string, string>();
  const found: Contradiction[] = [];
  for (const { id, publicKey } of policy.keys) {
    const other = first.get(publicKey.id);
    const index = keys.findIndex((key) => key.id === id);
    if (other !== undefined)
      found.push({ at: ['keys', index, 'id'], message: `it is the same key as ${other}: one key, one role` });
    else first.set(publicKey.id, id);
  }
  const own = policy.revocations === undefined ? undefined : first.get(policy.revocations.key.id);
  if (own !== undefined)
    found.push({
      at: ['revocations', 'key'],
      message: `it is the key ${own}: whoever steals that one could take its revocation back`,
    });
  return found;
}

/** Under two authorities, as while one is replaced, an identity may stand twice; with two roles it may not. */
function rolesTwice(policy: Policy, { identities = [] }: TrustFile): readonly Contradiction[] {
  return policy.identities.flatMap(({ id, role, san }, index) => {
    const other = policy.identities.slice(0, index).find((before) => before.san === san && before.role !== role);
    if (other === undefined) return [];
    const at = identities.findIndex((identity) => identity.id === id);
    return [{ at: ['identities', at, 'role'], message: `${other.id} is the same identity: one identity, one role` }];
  });
}

function windows(file: TrustFile): readonly Contradiction[] {
  return (['keys', 'identities'] as const).flatMap((list) =>
    (file[list] ?? []).flatMap(({ notBefore, notAfter }, index) =>
      notBefore !== undefined && notAfter !== undefined && Date.parse(notAfter) < Date.parse(notBefore)
        ? [{ at: [list, index, 'notAfter'], message: 'it ends before it begins' }]
        : [],
    ),
  );
}

function unusedKinds(policy: Policy, { keys = [] }: TrustFile): readonly Contradiction[] {
  return policy.keys
    .filter(({ publicKey }) => !policy.algorithms.has(publicKey.algorithm.id))
    .map(({ id, publicKey }) => ({
      at: ['keys', keys.findIndex((key) => key.id === id)],
      message: `it is of the kind ${publicKey.algorithm.id}, which algorithms does not allow`,
    }));
}

function ofRule(rule: RepositoryRule, index: number, file: TrustFile): readonly Contradiction[] {
  const at = ['repositories', index] as const;
  const found: Contradiction[] = rule.require.flatMap((requirement, position) =>
    ofRequirement(requirement, file).map(({ at: inside, message }) => ({
      at: [...at, 'require', position, ...inside],
      message,
    })),
  );
  if (rule.aliases.length > 0 && !isExact(rule.match))
    found.push({
      at: [...at, 'aliases'],
      message: 'match fits several repositories: one package could pass as each of them',
    });
  const isBound = rule.require.some(
    ({ role, predicateType }) => role === 'publisher' && predicateType === predicateTypes.package,
  );
  if (!isBound && !rule.anyName)
    found.push({
      at: [...at, 'require'],
      message: `nothing binds the name of the package: require ${predicateTypes.package} of a publisher, or say anyName: true`,
    });
  return found;
}

function ofRequirement(requirement: Requirement, { keys = [], identities = [] }: TrustFile): readonly Contradiction[] {
  const { role, predicateType, result, threshold } = requirement;
  const holders = [...keys, ...identities].filter((holder) => holder.role === role).length;
  const found: Contradiction[] = [];
  if (holders === 0)
    found.push({ at: ['role'], message: `no key and no identity has the role ${role}: it could never be satisfied` });
  else if (holders < threshold)
    found.push({ at: ['threshold'], message: `only ${holders} have the role ${role}: it could never be satisfied` });
  if (canSayNo(predicateType) && result === undefined)
    found.push({ at: ['result'], message: 'statements of this kind can also say no; as PASSED' });
  return found;
}

function ofLogs({ logs }: Policy): readonly Contradiction[] {
  return logs.flatMap(({ origin, witnesses }, index) => {
    const at = ['logs', index] as const;
    const found: Contradiction[] = [];
    if (logs.findIndex((log) => log.origin === origin) < index)
      found.push({ at: [...at, 'origin'], message: `${JSON.stringify(origin)} stands twice` });
    if (witnesses.quorum > witnesses.vkeys.length)
      found.push({ at: [...at, 'witnesses', 'quorum'], message: `there are only ${witnesses.vkeys.length} of them` });
    const twice = witnesses.vkeys.findIndex((key, position) => witnesses.vkeys.indexOf(key) < position);
    if (twice >= 0)
      found.push({ at: [...at, 'witnesses', 'vkeys', twice], message: 'it stands twice, and would count twice' });
    return found;
  });
}
