/**
 * What a file is by its name, for dialects that do not say it: the rules of init, without what init
 * needs to write a waybill.yaml (its patterns are compiled for one name here, not for thousands).
 */
import { sortingRules, UNKNOWN_LARGE_BYTES } from '../init/rules.ts';
import type { Component } from '../media-types.ts';

/** @param size in bytes: large files that no rule knows are most likely weights */
export function componentByName(path: string, size: number): Component {
  for (const { patterns, component } of sortingRules) {
    // What init leaves out is in this artifact all the same.
    if (component !== undefined && patterns.some((pattern) => expressionOf(pattern).test(path))) return component;
  }
  return size >= UNKNOWN_LARGE_BYTES ? 'weights' : 'code';
}

/** `*` and `**` are all that the rules use. */
function expressionOf(pattern: string): RegExp {
  const parts = pattern.split(/(\*\*\/|\*\*|\*)/);
  const forms: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*' };
  const source = parts.map((part) => forms[part] ?? part.replace(/[.+^$()|[\]{}?\\]/g, '\\$&')).join('');
  return new RegExp(`^${source}$`, 'isu');
}
