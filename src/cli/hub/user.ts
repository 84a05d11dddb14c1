import { WaybillError } from '../../base/errors.ts';
import type { Account, Accounts } from '../../hub/access/accounts.ts';
import { openAccounts } from '../../hub/storage.ts';
import { readSecret } from '../ask.ts';
import type { Input } from '../command.ts';
import type { Output } from '../outputs/hub.ts';
import type { HubAction } from './action.ts';

const USAGE = 'waybill hub user add NAME --role writer, waybill hub user list, waybill hub user remove NAME';

/** Adds, lists and removes users. */
export const user: HubAction = {
  async run(context, input, settings) {
    const [, what = 'list', name] = input.positionals;
    await using opened = await openAccounts(settings.folder, () => context.clock.now());
    const { accounts } = opened;
    if (what === 'list' && name === undefined) return outputOf(await accounts.list());
    if (what === 'add' && name !== undefined) return await add(accounts, name, input);
    if (what === 'remove' && name !== undefined) {
      if (!(await accounts.remove(name, { mayBeLast: input.has('force') })))
        throw new WaybillError('USAGE', `Cannot remove ${JSON.stringify(name)}: there is no such user`, {
          hint: 'waybill hub user list',
        });
      return { ...outputOf([]), removed: name };
    }
    throw new WaybillError('USAGE', `Cannot run waybill hub user ${what}: the words do not fit`, { hint: USAGE });
  },
};

/** Whoever is there already keeps his password unless another is given. */
async function add(accounts: Accounts, name: string, input: Input): Promise<Output> {
  const isKnown = (await accounts.list()).some((account) => account.name === name);
  const wantsPassword = input.has('password-stdin') || (!isKnown && !input.has('tokens-only'));
  const password = wantsPassword
    ? await readSecret(input, { question: `Password for ${name}: `, hint: 'Add --password-stdin, or --tokens-only' })
    : undefined;
  const { isNew } = await accounts.put(name, {
    ...(password === undefined ? {} : { password }),
    role: input.text('role') ?? (isKnown ? undefined : 'reader'),
    pattern: input.text('on') ?? '**',
  });
  return { ...outputOf((await accounts.list()).filter((account) => account.name === name)), isNew };
}

function outputOf(accounts: readonly Account[]): Output {
  return {
    action: 'user',
    users: accounts.map(({ roles, created, ...rest }) => ({
      ...rest,
      roles: roles.map((role) => ({ ...role })),
      created: new Date(created).toISOString(),
    })),
    findings: [],
  };
}
