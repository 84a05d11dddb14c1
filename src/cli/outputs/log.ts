/** The JSON of `waybill log --json`. */
import { z } from 'zod';
import { finding, verdict } from './pieces.ts';

const actions = ['init', 'append', 'checkpoint', 'prove', 'verify', 'check', 'compare', 'witness', 'serve'] as const;

const count = z.number().int().min(0);

export const output = z.object({
  action: z.enum(actions).describe('What was done'),
  log: z.string().optional().describe('The folder or address that was named'),
  origin: z.string().optional().describe('Name of the log, as its checkpoint says it'),
  size: count.optional().describe('Entries that the checkpoint covers'),
  root: z.string().optional().describe('Root of the tree over them, in base64'),
  vkey: z.string().optional().describe('init: the verifier key of the log; witness: that of the witness'),
  first: count.optional().describe('append: index of the first entry that was added'),
  count: count.optional().describe('append: how many were added; check: how many were read'),
  note: z.string().optional().describe('checkpoint, witness: the signed note, byte for byte'),
  index: count.optional().describe('prove, verify: index of the entry'),
  proof: z.string().optional().describe('prove: the proof, byte for byte'),
  file: z
    .string()
    .optional()
    .describe('init: where the verifier key was written; prove, witness: where the proof or the note was'),
  cosignatures: z
    .array(
      z.object({
        witness: z.string().describe('Name of the witness'),
        time: z.string().describe('When it saw the checkpoint by its own clock, RFC 3339'),
      }),
    )
    .optional()
    .describe('Known witnesses that have signed the checkpoint'),
  seen: z
    .enum(['first', 'same', 'grown', 'older', 'unchecked'])
    .optional()
    .describe(
      'How the checkpoint stands to what was seen of the log before: nothing was, the same, it has grown, it is an older one, or without the log it cannot be told',
    ),
  sizes: z.array(count).optional().describe('compare: entries of both'),
  notes: z.array(z.string()).optional().describe('compare: both signed notes, when they cannot both be true'),
  requests: count.optional().describe('serve: requests that were answered'),
  verdict: verdict.optional().describe('verify, check, compare: pass unless a finding is an error'),
  findings: z.array(finding).describe('What was found'),
});

export type Output = z.infer<typeof output>;
