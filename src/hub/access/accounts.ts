/** Users, what they may do, and their access tokens, as the database has them. */
import { WaybillError } from '../../base/errors.ts';
import type { Database } from '../database/database.ts';
import { isSecretOf, makeAccessToken, parseAccessToken } from './access-token.ts';
import { type Action, isAction, isRole, type Role, roles } from './actions.ts';
import { hashPassword, pretendToVerify, verifyPassword } from './password.ts';
import { assertPattern, matches } from './pattern.ts';

export interface Grant {
  readonly pattern: string;
  readonly actions: readonly Action[];
}

/** Who a request is made for, and all that he may do. */
export interface Principal {
  readonly user: string;
  /** He may do what one of these allows. */
  readonly grants: readonly Grant[];
  /** What his token leaves of it; absent for the user himself. */
  readonly limit?: Grant;
}

export interface Account {
  readonly name: string;
  readonly roles: readonly { readonly pattern: string; readonly role: Role }[];
  readonly hasPassword: boolean;
  /** Milliseconds since 1970. */
  readonly created: number;
}

export interface AccessToken {
  readonly id: string;
  readonly user: string;
  readonly note: string;
  readonly actions: readonly Action[];
  readonly pattern: string;
  readonly created: number;
  /** Milliseconds since 1970; absent when it does not end. */
  readonly expires?: number;
}

const USER_NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;
/** A sentence. */
const MAX_NOTE_LENGTH = 200;

export class Accounts {
  readonly #database: Database;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  /** Whether there is anybody who could be asked for a password. */
  async exist(): Promise<boolean> {
    const first = await this.#database.read((reader) =>
      reader.selectFrom('account').select('id').limit(1).executeTakeFirst(),
    );
    return first !== undefined;
  }

  /**
   * Adds a user, or gives one that is there a further role or another password.
   * @param password none: the user works with access tokens only
   * @throws WaybillError NAME_INVALID, USAGE
   */
  async put(
    name: string,
    { password, role, pattern }: { password?: string; role?: string | undefined; pattern: string },
  ): Promise<{ isNew: boolean }> {
    if (!USER_NAME.test(name)) {
      throw new WaybillError('NAME_INVALID', `Cannot use ${JSON.stringify(name.slice(0, 100))} as a user name`, {
        hint: 'Up to 64 lower-case letters and digits, with . _ - between them',
      });
    }
    if (role !== undefined && !isRole(role)) {
      throw new WaybillError('USAGE', `Cannot give the role ${JSON.stringify(role)}: there is no such role`, {
        hint: Object.keys(roles).join(', '),
      });
    }
    assertPattern(pattern);
    const hash = password === undefined ? undefined : await hashPassword(password);
    return this.#database.write(async (writer) => {
      const known = await writer.selectFrom('account').select('id').where('name', '=', name).executeTakeFirst();
      if (known === undefined) {
        await writer
          .insertInto('account')
          .values({ name, password: hash ?? null, created: this.#now() })
          .execute();
      } else if (hash !== undefined) {
        await writer.updateTable('account').set({ password: hash }).where('id', '=', known.id).execute();
      }
      const { id } = await writer.selectFrom('account').select('id').where('name', '=', name).executeTakeFirstOrThrow();
      if (role !== undefined) {
        await writer
          .insertInto('account_role')
          .values({ account: id, pattern, role })
          .onConflict((conflict) => conflict.columns(['account', 'pattern']).doUpdateSet({ role }))
          .execute();
      }
      return { isNew: known === undefined };
    });
  }

  /**
   * Removes a user with his tokens.
   * @param mayBeLast whether he may go although nobody is left then, so that the hub asks nobody any more
   * @returns whether there was one
   * @throws WaybillError DENIED
   */
  async remove(name: string, { mayBeLast = false }: { mayBeLast?: boolean } = {}): Promise<boolean> {
    return this.#database.write(async (writer) => {
      const known = await writer.selectFrom('account').select('id').where('name', '=', name).executeTakeFirst();
      if (known === undefined) return false;
      const other = await writer.selectFrom('account').select('id').where('id', '!=', known.id).executeTakeFirst();
      if (other === undefined && !mayBeLast) {
        throw new WaybillError(
          'DENIED',
          `Cannot remove ${name}: nobody is left then, and a hub without users asks nobody who he is`,
          { hint: 'Add another user first; or, if whoever works on this machine may do everything, add --force' },
        );
      }
      await writer.deleteFrom('access_token').where('account', '=', known.id).execute();
      await writer.deleteFrom('account_role').where('account', '=', known.id).execute();
      await writer.deleteFrom('account').where('id', '=', known.id).execute();
      return true;
    });
  }

  async list(): Promise<readonly Account[]> {
    return this.#database.read(async (reader) => {
      const accounts = await reader.selectFrom('account').selectAll().orderBy('name').execute();
      const granted = await reader.selectFrom('account_role').selectAll().orderBy('pattern').execute();
      return accounts.map(({ id, name, password, created }) => ({
        name,
        roles: granted
          .filter(({ account }) => account === id)
          .flatMap(({ pattern, role }) => (isRole(role) ? [{ pattern, role }] : [])),
        hasPassword: password !== null,
        created: Number(created),
      }));
    });
  }

  /** The user with this password; takes as long for one who does not exist. */
  async byPassword(name: string, password: string): Promise<Principal | undefined> {
    const row = await this.#database.read((reader) =>
      reader.selectFrom('account').select(['id', 'name', 'password']).where('name', '=', name).executeTakeFirst(),
    );
    const isRight =
      row === undefined || row.password === null
        ? await pretendToVerify(password)
        : await verifyPassword(password, row.password);
    return isRight && row !== undefined ? { user: row.name, grants: await this.#grantsOf(row.id) } : undefined;
  }

  /** The user for whom an access token stands, unless it is unknown, revoked or past its time. */
  async byToken(text: string): Promise<Principal | undefined> {
    const parts = parseAccessToken(text);
    if (parts === undefined) return undefined;
    const row = await this.#database.read((reader) =>
      reader
        .selectFrom('access_token')
        .innerJoin('account', 'account.id', 'access_token.account')
        .select(['account.id as account', 'account.name as name', 'hash', 'actions', 'pattern', 'expires'])
        .where('access_token.id', '=', parts.id)
        .executeTakeFirst(),
    );
    if (row === undefined || !isSecretOf(parts.secret, row.hash)) return undefined;
    if (row.expires !== null && Number(row.expires) <= this.#now()) return undefined;
    const limit = { pattern: row.pattern, actions: row.actions.split(',').filter(isAction) };
    return { user: row.name, grants: await this.#grantsOf(row.account), limit };
  }

  /**
   * Makes an access token for a user.
   * @returns the token's text, which is not kept and cannot be shown again
   * @throws WaybillError USAGE for an unknown user, NAME_INVALID
   */
  async createToken(
    user: string,
    { note, actions, pattern, expires }: Omit<AccessToken, 'id' | 'user' | 'created'>,
  ): Promise<{ id: string; text: string }> {
    assertPattern(pattern);
    const token = makeAccessToken();
    await this.#database.write(async (writer) => {
      const owner = await writer.selectFrom('account').select('id').where('name', '=', user).executeTakeFirst();
      if (owner === undefined) throw unknownUser(user);
      await writer
        .insertInto('access_token')
        .values({
          id: token.id,
          account: owner.id,
          note: note.slice(0, MAX_NOTE_LENGTH),
          hash: token.hash,
          actions: actions.join(','),
          pattern,
          created: this.#now(),
          expires: expires ?? null,
        })
        .execute();
    });
    return { id: token.id, text: token.text };
  }

  async tokens(): Promise<readonly AccessToken[]> {
    const rows = await this.#database.read((reader) =>
      reader
        .selectFrom('access_token')
        .innerJoin('account', 'account.id', 'access_token.account')
        .select(['access_token.id as id', 'name', 'note', 'actions', 'pattern', 'access_token.created as created'])
        .select('expires')
        .orderBy('name')
        .orderBy('access_token.created')
        .execute(),
    );
    return rows.map(({ id, name, note, actions, pattern, created, expires }) => ({
      id,
      user: name,
      note,
      actions: actions.split(',').filter(isAction),
      pattern,
      created: Number(created),
      ...(expires === null ? {} : { expires: Number(expires) }),
    }));
  }

  /** @returns whether there was such a token */
  async revokeToken(id: string): Promise<boolean> {
    const { numDeletedRows } = await this.#database.write((writer) =>
      writer.deleteFrom('access_token').where('id', '=', id).executeTakeFirst(),
    );
    return numDeletedRows > 0n;
  }

  async #grantsOf(account: number): Promise<readonly Grant[]> {
    const rows = await this.#database.read((reader) =>
      reader.selectFrom('account_role').select(['pattern', 'role']).where('account', '=', account).execute(),
    );
    return rows.flatMap(({ pattern, role }) => (isRole(role) ? [{ pattern, actions: roles[role] }] : []));
  }
}

export function mayDo({ grants, limit }: Principal, action: Action, repository: string): boolean {
  const covers = (grant: Grant) => grant.actions.includes(action) && matches(grant.pattern, repository);
  return grants.some(covers) && (limit === undefined || covers(limit));
}

function unknownUser(name: string): WaybillError {
  return new WaybillError('USAGE', `Cannot find the user ${JSON.stringify(name.slice(0, 100))}: there is none`, {
    hint: 'waybill hub user list',
  });
}
