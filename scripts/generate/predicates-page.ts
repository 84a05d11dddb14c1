/** docs/reference/predicates.md: what statements can say, and how much of it is checked. */
import type { PredicateKind } from '../../src/trust/predicate/define.ts';
import { predicateKinds } from '../../src/trust/predicates/index.ts';
import { code, generatedFrom, page, table } from './markdown.ts';

export function predicatesPage(): string {
  return page(
    generatedFrom('src/trust/predicates'),
    '# Predicates',
    'A signed statement is about a digest and says something of a *type*, which is a URI. `waybill attest --type` takes any URI, and the short names below for the kinds that it knows. What is about to be signed under a known type is held to its specification first, and refused with line and column; `waybill attestations` says in a line what one says. A statement of another type may hold any JSON object. Members that a specification does not know are let through, as in-toto asks, except in kinds of our own.',
    table(
      ['short name', 'type', 'is', 'checked'],
      predicateKinds.map(({ id, types, title, source, checked, isOfFiles }: PredicateKind) => [
        code(id),
        types.map(code).join(', '),
        `[${title}](${source})${isOfFiles === true ? '; made by signing files, not by `attest`' : ''}`,
        checked,
      ]),
    ),
    'A predicate may have 32 MiB. Numbers that programs round (whole numbers beyond 2^53), text with half of a surrogate pair and keys that stand twice are refused in every type: what is signed would not be read alike everywhere.',
    'CycloneDX and SPDX documents are checked as far as the table says; their projects have programs that check everything.',
  );
}
