/** Whether a package will run on a target, as people read it: the answer, what to change first, then all else. */
import type { Output } from '../outputs/compat.ts';
import type { Paint } from './paint.ts';
import { safeText } from './safe-text.ts';

const MAX_SHOWN = 50;
const WORDS = { fits: 'fits', 'does-not-fit': 'does not fit', 'cannot-tell': 'cannot tell' };

export function formatCompatibility({ verdict, target, findings, memory }: Output, paint: Paint): string {
  const colour = { fits: paint.good, 'does-not-fit': paint.bad, 'cannot-tell': paint.warn };
  const place = [target.os, target.architecture].filter((part) => part !== undefined).join('/');
  const where = target.from === 'host' ? 'this host' : (target.name ?? target.from);
  const lines = [
    `${colour[verdict](WORDS[verdict])}  on ${safeText(where)}${place === '' ? '' : ` (${safeText(place)})`}`,
  ];
  if (memory.leastMiB > 0) lines.push(`  memory  at least ${memory.leastMiB} MiB`);
  lines.push('');
  for (const { fit, subject, message, remedy, rule } of findings.slice(0, MAX_SHOWN)) {
    const mark = colour[fit]({ fits: 'yes', 'does-not-fit': 'no', 'cannot-tell': '?' }[fit].padEnd(4));
    lines.push(`${mark} ${safeText(subject)}: ${safeText(message)} ${paint.dim(`[${rule}]`)}`);
    if (remedy !== undefined && fit !== 'fits') lines.push(`       ${safeText(remedy)}`);
  }
  if (findings.length > MAX_SHOWN) lines.push(paint.dim(`… and ${findings.length - MAX_SHOWN} more; --json shows all`));
  return lines.join('\n');
}
