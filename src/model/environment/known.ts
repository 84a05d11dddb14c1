/** Facts that may not be known: a member of an object where there is a value, and none where there is not. */

export function known<Key extends string, const Value>(
  key: Key,
  value: Value | undefined,
): { readonly [name in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [name in Key]?: Value });
}
