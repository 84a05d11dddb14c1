/** Our own: the publisher's word for a package as a whole. */
import { definePredicate } from '../predicate/define.ts';
import { PackagePredicate } from '../predicate/package-predicate.ts';
import { predicateTypes } from '../predicate-types.ts';

export const packageStatement = definePredicate({
  id: 'package',
  types: [predicateTypes.package],
  title: "the publisher's statement of a package",
  source: '../../schemas/predicate/package-1.schema.json',
  checked: 'all of it; other members are refused',
  schema: PackagePredicate,
  say: ({ name, version, issuedAt, expires }) => ({
    summary: `published as ${name} ${version}, ${issuedAt}${expires === undefined ? '' : `, until ${expires}`}`,
  }),
});
