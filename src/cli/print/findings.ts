/** Findings for people: what is wrong first, one line each. */
import type { Finding } from '../../base/finding.ts';
import type { Paint } from './paint.ts';
import { safeText } from './safe-text.ts';

const ORDER = { error: 0, warning: 1, note: 2 };
const MAX_SHOWN = 50;

export function formatFindings(findings: readonly Finding[], paint: Paint): string {
  const sorted = [...findings].sort((a, b) => ORDER[a.level] - ORDER[b.level]);
  const colour = { error: paint.bad, warning: paint.warn, note: paint.dim };
  const lines = sorted.slice(0, MAX_SHOWN).map(({ level, path, line, column, message, rule }) => {
    const place = path === undefined ? '' : `${[safeText(path), line, column].filter(isThere).join(':')}: `;
    return `${colour[level](level.padEnd(7))} ${place}${safeText(message)} ${paint.dim(`[${rule}]`)}`;
  });
  if (sorted.length > MAX_SHOWN) lines.push(paint.dim(`… and ${sorted.length - MAX_SHOWN} more; --json shows all`));
  return lines.join('\n');
}

function isThere(part: string | number | undefined): boolean {
  return part !== undefined;
}
