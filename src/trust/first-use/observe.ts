/**
 * Trust on first use: what was seen of a repository is held to what was seen of it before. It never says
 * that a publisher is the right one, only that it is another one than last time.
 */
import type { Finding } from '../../base/finding.ts';
import type { Digest } from '../../oci/digest.ts';
import { compareVersions } from './versions.ts';

/** What is remembered of a repository on a host. */
export type Pin = {
  /** Ids of the keys that signed as its publisher, or the names of identities of a policy; none: it was not signed. */
  readonly publishers: readonly string[];
  /** The highest version that was seen, if one was. */
  readonly version: string | undefined;
  readonly tags: readonly PinnedTag[];
  /** Milliseconds since 1970. */
  readonly firstSeen: number;
};

export type PinnedTag = {
  readonly tag: string;
  readonly digest: Digest;
  readonly version: string | undefined;
};

export interface Sighting {
  readonly digest: Digest;
  readonly version: string | undefined;
  /** Ids of the keys that signed it as its publisher, or names of identities; each signature verified. */
  readonly publishers: readonly string[];
  /** Those among them that a policy believes: they are remembered, and others not. */
  readonly believed?: readonly string[];
  /** Absent where it was asked for by its digest. */
  readonly tag: string | undefined;
  readonly now: number;
}

export interface Observation {
  /** What is to be remembered. */
  readonly pin: Pin;
  readonly findings: readonly Finding[];
}

/** @param isAccepted whether somebody has looked at what changed, and it is to be remembered as it is now */
export function observe(pin: Pin | undefined, sighting: Sighting, { isAccepted = false } = {}): Observation {
  if (pin === undefined) return { pin: pinOf(undefined, sighting), findings: [firstUse(sighting)] };
  const changes = [...findChangeOfPublisher(pin, sighting), ...findChangeOfTag(pin, sighting)];
  const findings = changes.map((finding) => (isAccepted && finding.level === 'error' ? accepted(finding) : finding));
  if (findings.some(({ level }) => level === 'error')) return { pin, findings };
  return { pin: pinOf(pin, sighting), findings };
}

function pinOf(pin: Pin | undefined, sighting: Sighting): Pin {
  const { tag, digest, version, publishers, believed = publishers, now } = sighting;
  // A key that signs too is not remembered beside the first: whoever adds it could go on alone.
  const isKept = pin !== undefined && pin.publishers.length > 0 && includesAll(publishers, pin.publishers);
  const others = (pin?.tags ?? []).filter((pinned) => pinned.tag !== tag);
  const isNewer = pin?.version === undefined || (compareVersions(version, pin.version) ?? -1) > 0;
  return {
    publishers: isKept ? pin.publishers : [...believed].sort(),
    version: isNewer ? version : pin.version,
    tags: tag === undefined ? others : [...others, { tag, digest, version }],
    firstSeen: pin?.firstSeen ?? now,
  };
}

function firstUse({ publishers, digest }: Sighting): Finding {
  const who = publishers.length === 0 ? 'it is not signed by a publisher' : `it is signed by ${show(publishers)}`;
  return {
    rule: 'first-use',
    level: 'note',
    path: digest,
    message: `Seen for the first time: ${who}. That is remembered, and says nothing of who it is`,
  };
}

function findChangeOfPublisher(pin: Pin, { publishers, digest }: Sighting): readonly Finding[] {
  const path = digest;
  if (pin.publishers.length === 0)
    return publishers.length === 0
      ? []
      : [
          {
            rule: 'signed-since',
            level: 'note',
            path,
            message: `It was not signed before; now it is, by ${show(publishers)}`,
          },
        ];
  if (publishers.length === 0)
    return [
      {
        rule: 'signature-gone',
        level: 'error',
        path,
        message: `It was signed by ${show(pin.publishers)} before; now it is not signed by a publisher`,
      },
    ];
  if (includesAll(publishers, pin.publishers)) return [];
  return [
    {
      rule: 'publisher-changed',
      level: 'error',
      path,
      message: `It was signed by ${show(pin.publishers)} before; now it is signed by ${show(publishers)}`,
    },
  ];
}

function findChangeOfTag(pin: Pin, { tag, digest, version }: Sighting): readonly Finding[] {
  const before = pin.tags.find((pinned) => pinned.tag === tag);
  if (before === undefined || before.digest === digest) return [];
  const order = compareVersions(version, before.version);
  if (order !== undefined && order < 0)
    return [
      {
        rule: 'tag-rolled-back',
        level: 'error',
        path: digest,
        message: `The tag ${tag} was version ${before.version} before; now it is the older ${version}`,
      },
    ];
  return [{ rule: 'tag-moved', level: 'warning', path: digest, message: `The tag ${tag} was ${before.digest} before` }];
}

function accepted(finding: Finding): Finding {
  return { ...finding, level: 'warning', message: `${finding.message}. It was accepted and is remembered so` };
}

function includesAll(all: readonly string[], some: readonly string[]): boolean {
  return some.every((one) => all.includes(one));
}

/** Ids have 64 digits; as many as tell two apart. */
function show(ids: readonly string[]): string {
  return ids.map((id) => (/^[0-9a-f]{64}$/.test(id) ? `the key ${id.slice(0, 16)}` : id)).join(' and ');
}
