/** Names of Python distributions. "Names and normalization" of packaging.python.org, from PEP 503. */

/** The one way to write a name: `Foo__Bar` and `foo.bar` are `foo-bar`. */
export function normalizeName(name: string): string {
  return name.replaceAll(/[-_.]+/g, '-').toLowerCase();
}

export function isName(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i.test(text);
}
