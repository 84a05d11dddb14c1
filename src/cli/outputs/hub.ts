/** The JSON of `waybill hub --json`. */
import { z } from 'zod';
import { bytes, finding, verdict } from './pieces.ts';

const actions = ['serve', 'user', 'token', 'fsck', 'reindex', 'gc'] as const;

const user = z.object({
  name: z.string().describe('User name'),
  roles: z
    .array(
      z.object({
        role: z.enum(['reader', 'writer', 'admin']).describe('reader pulls, writer pushes too, admin deletes too'),
        pattern: z.string().describe('Repositories in which'),
      }),
    )
    .describe('What he may do'),
  hasPassword: z.boolean().describe('Whether there is a password; else access tokens alone'),
  created: z.string().describe('When, RFC 3339'),
});

const token = z.object({
  id: z.string().describe('What names it here'),
  user: z.string().describe('For whom it stands'),
  note: z.string().describe('What it is for'),
  actions: z.array(z.string()).describe('What it leaves of what the user may do'),
  pattern: z.string().describe('Repositories for which it holds'),
  created: z.string().describe('When, RFC 3339'),
  expires: z.string().optional().describe('Until when, RFC 3339; absent when it does not end'),
});

export const output = z.object({
  action: z.enum(actions).describe('What was done'),
  requests: z.number().int().optional().describe('serve: requests that were answered'),
  users: z.array(user).optional().describe('user: all of them, or the one that was added'),
  isNew: z.boolean().optional().describe('user add: whether the user was not there before'),
  removed: z.string().optional().describe('user remove, token revoke: what is gone'),
  tokens: z.array(token).optional().describe('token: all of them, or the one that was created'),
  secret: z.string().optional().describe('token create: the token itself; it cannot be shown again'),
  manifests: z.number().int().optional().describe('reindex, fsck: manifests that were found'),
  tags: z.number().int().optional().describe('reindex, fsck: tags that were found'),
  uploads: z.number().int().optional().describe('gc: abandoned uploads that went'),
  blobs: z
    .number()
    .int()
    .optional()
    .describe('gc: blobs that nothing named, and that went; fsck: blobs that were read'),
  bytes: bytes.optional().describe('gc, fsck: bytes of those blobs'),
  waiting: z.number().int().optional().describe('gc: blobs that nothing names and whose grace is not over'),
  dryRun: z.boolean().optional().describe('gc: whether all of it was only rehearsed'),
  verdict: verdict.optional().describe('fsck: pass unless a finding is an error'),
  findings: z
    .array(finding)
    .describe('What is odd in hub.yaml; reindex: what could not be taken over; fsck: all that was found'),
});

export type Output = z.infer<typeof output>;
