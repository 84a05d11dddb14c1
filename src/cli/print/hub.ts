/** What the actions of the hub say when they are done. */
import type { Output } from '../outputs/hub.ts';
import { formatFindings } from './findings.ts';
import type { Paint } from './paint.ts';
import { formatTable } from './table.ts';
import { count, formatSize } from './units.ts';

const formats: Readonly<Record<Output['action'], (output: Output, paint: Paint) => string>> = {
  serve: ({ requests = 0 }) => `stopped after ${count(requests, 'request')}`,
  reindex: ({ manifests = 0, tags = 0 }, paint) =>
    `${paint.good('reindexed')} ${count(manifests, 'manifest')} and ${count(tags, 'tag')}`,
  gc: ({ uploads = 0, blobs = 0, bytes = 0, waiting = 0, dryRun }, paint) => {
    const verb = dryRun ? 'would remove' : 'removed';
    const first = `${paint.good(verb)} ${count(blobs, 'blob')} (${formatSize(bytes)}) and ${count(uploads, 'upload')}`;
    return waiting === 0 ? first : `${first}; ${count(waiting, 'blob')} more when their grace is over`;
  },
  fsck: ({ verdict, blobs = 0, bytes = 0, manifests = 0, tags = 0 }, paint) => {
    const said = verdict === 'pass' ? paint.good('pass') : paint.bad('fail');
    return `${said}  ${count(blobs, 'blob')}, ${formatSize(bytes)} read, ${count(manifests, 'manifest')}, ${count(tags, 'tag')}`;
  },
  user: formatUsers,
  token: formatTokens,
};

export function formatHub(output: Output, paint: Paint): string {
  const text = formats[output.action](output, paint);
  return output.findings.length === 0 ? text : `${text}\n\n${formatFindings(output.findings, paint)}`;
}

function formatUsers({ users = [], isNew, removed }: Output, paint: Paint): string {
  if (removed !== undefined) return `${paint.good('removed')} ${paint.bold(removed)} with all access tokens`;
  if (users.length === 0) return 'no users: whoever reaches the hub on this machine may do everything';
  const rows = users.map(({ name, roles, hasPassword }) => [
    name,
    roles.map(({ role, pattern }) => `${role} of ${pattern}`).join(', '),
    hasPassword ? '' : 'access tokens only',
  ]);
  const table = formatTable([{}, {}, {}], rows, isNew === undefined ? '' : '  ');
  return isNew === undefined ? table : `${paint.good(isNew ? 'added' : 'changed')} the user\n${table}`;
}

function formatTokens({ tokens = [], secret, removed }: Output, paint: Paint): string {
  if (removed !== undefined) return `${paint.good('revoked')} ${paint.bold(removed)}`;
  if (tokens.length === 0) return 'no access tokens';
  const rows = tokens.map(({ id, user, actions, pattern, expires, note }) => [
    id,
    user,
    `${actions.join(',')} of ${pattern}`,
    expires === undefined ? 'does not end' : `until ${expires.slice(0, 10)}`,
    note,
  ]);
  const table = formatTable([{}, {}, {}, {}, {}], rows, secret === undefined ? '' : '  ');
  if (secret === undefined) return table;
  return `${paint.bold(secret)}\n\nThis is the only time that it is shown: use it as the password.\n${table}`;
}
