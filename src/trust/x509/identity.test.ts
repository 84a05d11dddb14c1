import { expect, test } from 'vitest';
import { formatIdentity, parseIdentity } from './identity.ts';

test.each([
  ['https://acme.example/x', 'URI:https://acme.example/x'],
  ['spiffe://acme.example/x', 'URI:spiffe://acme.example/x'],
  ['a@acme.example', 'email:a@acme.example'],
  ['acme.example', 'DNS:acme.example'],
  ['URI:urn:acme', 'URI:urn:acme'],
  ['DNS:a@b', 'DNS:a@b'],
  ['email:A@b', 'email:A@b'],
  ['uri:x', 'DNS:uri:x'],
])('parseIdentity reads %s', (text, full) => {
  expect(formatIdentity(parseIdentity(text))).toBe(full);
  expect(parseIdentity(full)).toEqual(parseIdentity(text));
});

test.each(['', 'URI:', 'a b', 'a\nb', 'DNS:a\0', 'é@acme.example'])('parseIdentity refuses %j', (text) => {
  expect(() => parseIdentity(text)).toThrow(expect.objectContaining({ code: 'KEY_INVALID' }));
});
