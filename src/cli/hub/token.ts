import { WaybillError } from '../../base/errors.ts';
import type { AccessToken, Accounts } from '../../hub/access/accounts.ts';
import { type Action, actions, isAction } from '../../hub/access/actions.ts';
import { openAccounts } from '../../hub/storage.ts';
import type { Input } from '../command.ts';
import type { Output } from '../outputs/hub.ts';
import type { HubAction } from './action.ts';

const USAGE = 'waybill hub token create USER, waybill hub token list, waybill hub token revoke ID';
const DEFAULT_DAYS = '90';
const DAY = 24 * 60 * 60 * 1000;

/** Creates, lists and revokes access tokens. */
export const token: HubAction = {
  async run(context, input, settings) {
    const [, what = 'list', name] = input.positionals;
    await using opened = await openAccounts(settings.folder, () => context.clock.now());
    const { accounts } = opened;
    if (what === 'list' && name === undefined) return outputOf(await accounts.tokens());
    if (what === 'create' && name !== undefined) return await create(accounts, name, input, context.clock.now());
    if (what === 'revoke' && name !== undefined) {
      if (!(await accounts.revokeToken(name)))
        throw new WaybillError('USAGE', `Cannot revoke ${JSON.stringify(name)}: there is no such token`, {
          hint: 'waybill hub token list',
        });
      return { ...outputOf([]), removed: name };
    }
    throw new WaybillError('USAGE', `Cannot run waybill hub token ${what}: the words do not fit`, { hint: USAGE });
  },
};

async function create(accounts: Accounts, user: string, input: Input, now: number): Promise<Output> {
  const days = input.text('days') ?? DEFAULT_DAYS;
  if (!/^\d{1,5}$/.test(days))
    throw new WaybillError('USAGE', `Cannot let a token live for ${JSON.stringify(days)} days: it is no number`, {
      hint: `--days ${DEFAULT_DAYS}, or --days 0 for one that does not end`,
    });
  const { id, text } = await accounts.createToken(user, {
    note: input.text('note') ?? '',
    actions: allowed(input.text('allow')),
    pattern: input.text('on') ?? '**',
    ...(days === '0' ? {} : { expires: now + Number(days) * DAY }),
  });
  return { ...outputOf((await accounts.tokens()).filter((token) => token.id === id)), secret: text };
}

function allowed(list: string | undefined): readonly Action[] {
  if (list === undefined) return actions;
  const wanted = list.split(',');
  const wrong = wanted.find((action) => !isAction(action));
  if (wrong === undefined) return wanted.filter(isAction);
  throw new WaybillError('USAGE', `Cannot allow ${JSON.stringify(wrong)}: there is ${actions.join(', ')}`, {
    hint: '--allow pull,push',
  });
}

function outputOf(tokens: readonly AccessToken[]): Output {
  return {
    action: 'token',
    tokens: tokens.map(({ actions, created, expires, ...rest }) => ({
      ...rest,
      actions: [...actions],
      created: new Date(created).toISOString(),
      ...(expires === undefined ? {} : { expires: new Date(expires).toISOString() }),
    })),
    findings: [],
  };
}
