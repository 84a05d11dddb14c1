/** What a look at one requirement gives: it fits, it does not, or it cannot be told. Never anything between. */
import type { Finding } from '../../../base/finding.ts';

export type Fit = 'fits' | 'does-not-fit' | 'cannot-tell';

export interface FitFinding extends Finding {
  readonly fit: Fit;
  /** What is required: `python`, `numpy`, a file. */
  readonly subject: string;
  readonly required?: string;
  readonly found?: string;
  /** What to change, where something is to be changed. */
  readonly remedy?: string;
  /** One by one, where it is about many. */
  readonly details?: readonly string[];
  /** Where it is written that it is so. */
  readonly source?: string;
}

const LEVELS = { fits: 'note', 'does-not-fit': 'error', 'cannot-tell': 'warning' } as const;

export function finding(fit: Fit, parts: Omit<FitFinding, 'fit' | 'level'>): FitFinding {
  return { ...parts, fit, level: LEVELS[fit] };
}

/** What to change first stands first: a machine is chosen before what is installed on it. */
const ORDER: readonly string[] = [
  'compat-os',
  'compat-architecture',
  'compat-libc',
  'compat-cpu',
  'compat-accelerator',
  'compat-memory',
  'compat-disk',
  'compat-image',
  'compat-python',
  'compat-node',
  'compat-base',
  'compat-format',
  'compat-library',
  'compat-lock',
  'compat-unstated',
];
const FITS: readonly Fit[] = ['does-not-fit', 'cannot-tell', 'fits'];

export function inOrder(findings: readonly FitFinding[]): readonly FitFinding[] {
  const rank = ({ rule, fit }: FitFinding) => FITS.indexOf(fit) * ORDER.length + ORDER.indexOf(rule);
  return findings.toSorted((a, b) => rank(a) - rank(b));
}

export function verdictOfFits(findings: readonly FitFinding[]): Fit {
  return FITS.find((fit) => findings.some((finding) => finding.fit === fit)) ?? 'cannot-tell';
}
