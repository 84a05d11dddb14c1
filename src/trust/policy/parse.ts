/** Reads trust.yaml into a policy: every problem at once, each with its line and column. */
import { type Problem, WaybillError } from '../../base/errors.ts';
import type { Finding } from '../../base/finding.ts';
import { type ReadFile, readYaml } from '../../base/yaml/read.ts';
import { digestOf } from '../../oci/digest.ts';
import { attempt } from '../attempt.ts';
import { algorithms } from '../keys/algorithms.ts';
import { type PublicKey, readPublicKey } from '../keys/public-key.ts';
import { openCheckpoint } from '../log/checkpoint.ts';
import { logIdentity } from '../log/proof/verify.ts';
import { formatIdentity, parseIdentity } from '../x509/identity.ts';
import { readRoots } from '../x509/read-certificates.ts';
import { findContradictions } from './contradictions.ts';
import type {
  Holder,
  Policy,
  PolicyIdentity,
  PolicyKey,
  PolicyLog,
  RepositoryRule,
  RevocationSource,
} from './policy.ts';
import { TRUST_FILE_VERSION, TrustFile } from './schema.ts';
import { instantOf, millisecondsOf } from './texts.ts';

/** Two hundred keys in PEM and a thousand repositories have some 300 KiB. */
export const MAX_TRUST_FILE_SIZE: number = 1024 * 1024;

export interface ParsedTrustFile {
  readonly policy: Policy;
  /** What a newer minor version has that this Waybill does not know. */
  readonly findings: readonly Finding[];
}

/** The files that a trust.yaml names. */
export interface Neighbours {
  /** @throws WaybillError when it cannot be read */
  read(file: string): Buffer;
  /** The file or folder as an absolute path. */
  resolve(file: string): string;
}

/**
 * @param name how the reader knows the file
 * @throws WaybillError TRUST_FILE_INVALID with every problem; UNSUPPORTED for a newer major version
 */
export function parseTrustFile(text: string, name: string, neighbours: Neighbours): ParsedTrustFile {
  const read = readYaml(text, {
    name,
    schema: TrustFile,
    versionKey: 'trust',
    version: TRUST_FILE_VERSION,
    code: 'TRUST_FILE_INVALID',
    maxSize: MAX_TRUST_FILE_SIZE,
  });
  const problems: Problem[] = [];
  const policy = new Resolution(read, neighbours, problems).policy(text);
  problems.push(...findContradictions(policy, read.file).map(({ at, message }) => read.problemAt(at, message)));
  if (problems.length === 0) return { policy, findings: read.findings };
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  throw new WaybillError('TRUST_FILE_INVALID', `Cannot use ${name}: it has ${count}`, { problems });
}

type LogSection = NonNullable<TrustFile['logs']>[number];
type Path = readonly (string | number)[];

/** What a file says, resolved; what cannot be is a problem, and left out. */
class Resolution {
  readonly #read: ReadFile<TrustFile>;
  readonly #neighbours: Neighbours;
  readonly #problems: Problem[];

  constructor(read: ReadFile<TrustFile>, neighbours: Neighbours, problems: Problem[]) {
    this.#read = read;
    this.#neighbours = neighbours;
    this.#problems = problems;
  }

  policy(text: string): Policy {
    const { file } = this.#read;
    return {
      digest: digestOf(text),
      keys: (file.keys ?? []).flatMap((key, index) => this.#key(key, index)),
      identities: (file.identities ?? []).flatMap((identity, index) => this.#identity(identity, index)),
      repositories: file.repositories.map(ruleOf),
      logs: (file.logs ?? []).map((log, index) => this.#log(log, index)),
      revocations: this.#revocations(file.revocations),
      algorithms: new Set(file.algorithms ?? algorithms.map(({ id }) => id)),
    };
  }

  #key(key: NonNullable<TrustFile['keys']>[number], index: number): readonly PolicyKey[] {
    const publicKey = this.#publicKey(key, ['keys', index]);
    return publicKey === undefined ? [] : [{ ...holderOf(key), publicKey }];
  }

  #identity(identity: NonNullable<TrustFile['identities']>[number], index: number): readonly PolicyIdentity[] {
    const { roots: file, san } = identity;
    const at = ['identities', index] as const;
    const roots = this.#try([...at, 'roots'], () => readRoots(this.#neighbours.read(file).toString('latin1'), file));
    const name = this.#try([...at, 'san'], () => formatIdentity(parseIdentity(san)));
    return roots === undefined || name === undefined ? [] : [{ ...holderOf(identity), roots, san: name }];
  }

  #revocations(revocations: TrustFile['revocations']): RevocationSource | undefined {
    if (revocations === undefined) return undefined;
    const key = this.#publicKey(revocations.key, ['revocations', 'key']);
    const maxAge = millisecondsOf(revocations.maxAge);
    return key === undefined ? undefined : { source: this.#place(revocations.source), key, maxAge };
  }

  #log({ origin, vkey, required, url, checkpoint, witnesses }: LogSection, index: number): PolicyLog {
    const log = { origin, vkey, witnesses: witnesses?.vkeys ?? [] };
    const identity = this.#try(['logs', index], () => logIdentity(log));
    if (identity !== undefined && checkpoint !== undefined)
      this.#try(['logs', index, 'checkpoint'], () => openCheckpoint(Buffer.from(checkpoint), identity));
    return {
      origin,
      vkey,
      isRequired: required ?? false,
      url: url === undefined ? undefined : this.#place(url),
      checkpoint,
      witnesses: { quorum: witnesses?.quorum ?? 0, vkeys: log.witnesses },
    };
  }

  #place(text: string): string {
    return /^https?:\/\//.test(text) ? text : this.#neighbours.resolve(text);
  }

  #publicKey(
    { file, spki }: { file?: string | undefined; spki?: string | undefined },
    at: Path,
  ): PublicKey | undefined {
    const member = file === undefined ? 'spki' : 'file';
    return this.#try([...at, member], () =>
      file === undefined
        ? readPublicKey(String(spki), `${at.join('.')}.spki`)
        : readPublicKey(this.#neighbours.read(file), file),
    );
  }

  #try<Value>(at: Path, work: () => Value): Value | undefined {
    const result = attempt(work);
    if (!(result instanceof WaybillError)) return result;
    this.#problems.push(this.#read.problemAt(at, result.message));
    return undefined;
  }
}

function holderOf({
  id,
  role,
  notBefore,
  notAfter,
}: Pick<NonNullable<TrustFile['keys']>[number], 'id' | 'role' | 'notBefore' | 'notAfter'>): Holder {
  return {
    id,
    role,
    notBefore: notBefore === undefined ? undefined : instantOf(notBefore),
    notAfter: notAfter === undefined ? undefined : instantOf(notAfter, { isEnd: true }),
  };
}

function ruleOf({ match, aliases, anyName, require }: TrustFile['repositories'][number]): RepositoryRule {
  return {
    match,
    aliases: aliases ?? [],
    anyName: anyName ?? false,
    require: require.map(({ role, predicateType, result, where, threshold, maxAge }) => ({
      role,
      predicateType,
      result,
      where: where ?? {},
      threshold: threshold ?? 1,
      maxAge: maxAge === undefined ? undefined : millisecondsOf(maxAge),
    })),
  };
}
