/**
 * Every way Waybill fails to answer: one error class, one table of codes.
 * Verdicts are values; what is here is thrown. The codes are those of the OCI
 * distribution specification where it has one, then ours; docs/reference/errors.md
 * is held to this table by a test.
 */

interface CodeInfo {
  /** Exit status of the command line: 1 = no, 2 = could not tell. */
  readonly exit: 1 | 2;
  /** What the code means, as the reference page says it. */
  readonly meaning: string;
}

export const errorCodes = {
  ARCHIVE_UNSAFE: {
    exit: 1,
    meaning: 'An archive or a package names a path or an entry that must never be written to a disk.',
  },
  BLOB_UNKNOWN: { exit: 2, meaning: 'The store does not hold the content with this digest.' },
  BUNDLE_INVALID: {
    exit: 1,
    meaning: 'A signature bundle is not what its specification says, or could be read in two ways.',
  },
  CERTIFICATE_INVALID: {
    exit: 1,
    meaning: 'A certificate or its chain does not lead from a root that was named to the signer that was named.',
  },
  CONFIG_INVALID: { exit: 2, meaning: 'A setting of this machine or an environment variable cannot be used.' },
  DENIED: { exit: 2, meaning: 'A registry does not allow this, or what it asks for is not safe.' },
  DESTINATION_EXISTS: { exit: 2, meaning: 'The destination holds something that Waybill did not make.' },
  DIGEST_INVALID: { exit: 1, meaning: 'Bytes are not what their digest says, or a text is not a digest.' },
  DISK_FULL: { exit: 2, meaning: 'The disk has no room left for what was to be written.' },
  FACTS_DIFFER: { exit: 1, meaning: 'What waybill.yaml states of the model is not what its files say.' },
  FILES_UNLISTED: { exit: 1, meaning: 'With --strict: files lie in the folder that no component names.' },
  FILE_CHANGED: { exit: 2, meaning: 'A file changed while it was being read.' },
  FILE_UNREADABLE: { exit: 2, meaning: 'A file or folder cannot be opened, read or written.' },
  FORMAT_INVALID: {
    exit: 1,
    meaning: 'A model file is not what the specification of its format says, or could be read in two ways.',
  },
  INTERNAL: { exit: 2, meaning: 'A bug in Waybill: please report it with the stack that is shown.' },
  KEY_INVALID: { exit: 2, meaning: 'A key cannot be read or used, or its passphrase is wrong.' },
  LIMIT_EXCEEDED: { exit: 1, meaning: 'An input is larger, deeper or longer than a named limit allows.' },
  LOCK_INVALID: { exit: 2, meaning: 'A lock of Python packages is not what its tool or its specification says.' },
  LOG_INVALID: {
    exit: 1,
    meaning:
      'A transparency log, one of its checkpoints or a proof contradicts itself, its signature or what was seen before.',
  },
  MANIFEST_INVALID: { exit: 1, meaning: 'A manifest, index or configuration is not what its specification says.' },
  MANIFEST_UNKNOWN: { exit: 2, meaning: 'The store has no artifact under this tag or digest.' },
  NAME_INVALID: { exit: 2, meaning: 'A text is not a valid reference, repository name or tag.' },
  NOT_TRUSTED: { exit: 1, meaning: 'The trust policy refuses a package: a requirement is not satisfied.' },
  PATH_INVALID: {
    exit: 2,
    meaning: 'A file cannot be packed under its name, is not a regular file, or holds a private key.',
  },
  PREDICATE_INVALID: { exit: 2, meaning: 'What was to be signed as a statement is not what its type asks for.' },
  REGISTRY_UNAVAILABLE: { exit: 2, meaning: 'A registry cannot be reached, or does not answer as one.' },
  REQUIREMENT_INVALID: {
    exit: 2,
    meaning: 'A text is no version, range, requirement or marker of Python packages (PEP 440, PEP 508).',
  },
  SIGNATURE_INVALID: { exit: 1, meaning: 'A signature is not one of this key over these bytes.' },
  SIGNER_FAILED: { exit: 2, meaning: 'The program that signs failed, or returned no signature of its key.' },
  SIZE_INVALID: { exit: 1, meaning: 'Content is longer or shorter than its descriptor says.' },
  STATEMENT_INVALID: {
    exit: 1,
    meaning: 'A signed statement is not what its specification says, or could be read in two ways.',
  },
  STORE_BUSY: { exit: 2, meaning: 'Another Waybill process is using the store and must finish first.' },
  STORE_UNAVAILABLE: { exit: 2, meaning: 'The store cannot be opened or written.' },
  UNSUPPORTED: { exit: 2, meaning: 'Waybill does not do this, or not with this version.' },
  TARGET_INVALID: { exit: 2, meaning: 'A file that describes a machine is not what its schema says.' },
  TAG_IMMUTABLE: { exit: 2, meaning: 'A tag must not move or go, by a rule of its registry.' },
  TOOMANYREQUESTS: { exit: 2, meaning: 'A registry asks for fewer requests, again and again.' },
  TRUST_FILE_INVALID: { exit: 2, meaning: 'trust.yaml, or what it names, is not valid.' },
  TRUST_UNDECIDED: {
    exit: 2,
    meaning: 'The trust policy could not be applied: what it needs is out of date or cannot be reached.',
  },
  UNAUTHORIZED: { exit: 2, meaning: 'A registry wants a user name and password, or refuses the one it got.' },
  USAGE: { exit: 2, meaning: 'The command line cannot be understood.' },
  WAYBILL_FILE_INVALID: { exit: 2, meaning: 'waybill.yaml, or what it names, is not valid.' },
} as const satisfies Record<string, CodeInfo>;

export type ErrorCode = keyof typeof errorCodes;

/** One thing that is wrong in a file which a person writes. Lines and columns count from 1. */
export interface Problem {
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The line of the file itself, without its end. */
  readonly source?: string;
}

export interface ErrorDetails {
  /** What to do about it, best as a command. */
  readonly hint?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
}

/**
 * The one error of Waybill. The message says what was tried, a colon, and what is so;
 * the hint says what would help.
 */
export class WaybillError extends Error {
  override readonly name = 'WaybillError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly expected: string | undefined;
  readonly found: string | undefined;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.expected = details.expected;
    this.found = details.found;
    this.problems = details.problems ?? [];
  }
}

/** The operating system's own code of an error (`ENOENT`), if it has one. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
