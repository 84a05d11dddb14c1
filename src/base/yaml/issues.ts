/** What a schema objects to, in the words of whoever wrote the file. */
import type { z } from 'zod';

export type Issue = z.core.$ZodIssue;

/** What `section()` says of a key that it does not know. */
export function isUnknownKey(issue: Issue): issue is Issue & { params: { unknownKey: string; known: string[] } } {
  return issue.code === 'custom' && issue.params?.['unknownKey'] !== undefined;
}

/** What a union says of a section of a kind that it does not know, told by one key. */
export function isUnknownKind(issue: Issue): boolean {
  return issue.code === 'invalid_union' && issue.discriminator !== undefined && isText(issue);
}

function isText({ input, discriminator }: Issue & { discriminator?: string | undefined }): boolean {
  return typeof input === 'object' && input !== null && typeof Object(input)[discriminator ?? ''] === 'string';
}

/** What a value should have been and what it is, in the reader's words. */
export function describe(issue: Issue): string {
  const found = 'input' in issue && issue.input !== undefined ? `, found ${show(issue.input)}` : '';
  switch (issue.code) {
    case 'invalid_type': {
      const words: Record<string, string> = {
        string: 'text',
        number: 'a number',
        int: 'a whole number',
        boolean: 'true or false',
        array: 'a list',
        object: 'a section of keys',
        record: 'a section of keys',
      };
      const expected = words[issue.expected] ?? issue.expected;
      const isNumberForText = issue.expected === 'string' && typeof issue.input === 'number';
      return `expected ${expected}${found}${isNumberForText ? ' (write it in quotes)' : ''}`;
    }
    case 'invalid_value':
      return `expected ${issue.values.map((value) => String(value)).join(', ')}${found}`;
    case 'too_small':
      return `expected ${issue.message.startsWith('Too small') ? `at least ${issue.minimum}` : issue.message}${found}`;
    case 'too_big':
      return `expected at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`;
    default:
      return `expected ${issue.message}${found}`;
  }
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
