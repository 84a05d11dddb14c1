/** Why a statement does not satisfy a requirement. */

export const refusalReasons = {
  malformed: 'It cannot be read, or what it says has not the form of its kind.',
  'bad-signature': 'It names a key of the policy, and its signature is not one of that key.',
  'unknown-key': 'No key and no identity of the policy signed it.',
  'wrong-subject': 'It is about something else than this package.',
  'wrong-role': 'Who signed it has another role.',
  'wrong-name': 'The package that it states is not the one that was asked for, nor an alias of it.',
  'wrong-files': 'What it says of the files is not what the package holds.',
  'wrong-resource': 'It was made for another repository.',
  'wrong-result': 'It states another result, as FAILED.',
  'wrong-value': 'A member of its predicate has not the value that the policy asks for.',
  expired: 'It, or the key behind it, holds no more.',
  'not-yet-valid': 'It, or the key behind it, does not hold yet.',
  'too-old': 'It is older than the policy allows, or does not say how old it is.',
  'not-logged': 'It is not proved to be in a log that the policy requires.',
  revoked: 'It, or the key behind it, was revoked.',
} as const;

export type RefusalReason = keyof typeof refusalReasons;

export interface Refusal {
  readonly reason: RefusalReason;
  /** In the reader's words, about this one. */
  readonly message: string;
}

export function refusal(reason: RefusalReason, message: string): Refusal {
  return { reason, message };
}
