/** Who a request is made for, and whether he may do what it asks. */
import { createHmac } from 'node:crypto';
import { WaybillError } from '../../base/errors.ts';
import { parseAccessToken } from './access-token.ts';
import { type Accounts, mayDo, type Principal } from './accounts.ts';
import { type Action, actions } from './actions.ts';
import { readSession, type Scope, type Session, signSession } from './session-token.ts';
import { Throttle } from './throttle.ts';

/** What somebody without a name may do. */
export type Anonymous = 'nothing' | 'pull' | 'everything';

/** `ask`: not with these credentials, but others might help. */
export type Decision = 'yes' | 'no' | 'ask';

export interface Identity {
  /** Absent for somebody without a name. */
  readonly user?: string;
  /** Whether he has come through the token endpoint, with a name or without. */
  readonly isSession: boolean;
  decide(action: Action, repository: string): Decision;
}

export interface AccessOptions {
  readonly accounts: Accounts;
  /** What somebody without a name may do, as things are now. */
  anonymous(): Promise<Anonymous>;
  /** Of the session tokens. */
  readonly key: Buffer;
  /** Milliseconds since 1970. */
  now(): number;
}

/** As long as docker's own service gives them; a user that is removed is served for so long at most. */
export const SESSION_SECONDS = 300;
/** A password that was right is not checked again for so long: that takes half a second of work. */
const REMEMBERED_MILLISECONDS = 60_000;
/** So long the first user waits until the hub asks for names. */
const REFRESH_MILLISECONDS = 2_000;
/** Sessions and passwords of which this process knows that they are right; then it begins anew. */
const MAX_REMEMBERED = 1_000;

export class Access {
  readonly #options: AccessOptions;
  readonly #throttle: Throttle;
  #anonymous: Anonymous = 'nothing';
  #refreshed = Number.NEGATIVE_INFINITY;
  readonly #passwords = new Map<string, { principal: Principal; until: number }>();
  readonly #sessions = new Map<string, { identity: Identity; expires: number }>();

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#throttle = new Throttle(() => options.now());
  }

  /** What somebody without a name may do, as it was some seconds ago at most. */
  get anonymous(): Anonymous {
    return this.#anonymous;
  }

  /** @throws WaybillError when the hub may not be open as it is */
  async refresh(): Promise<void> {
    this.#refreshed = this.#options.now();
    this.#anonymous = await this.#options.anonymous();
  }

  /**
   * @param authorization the header: RFC 7617 (Basic) or RFC 6750 (Bearer)
   * @param address where the request comes from
   * @throws WaybillError UNAUTHORIZED for credentials that are wrong, TOOMANYREQUESTS
   */
  async identify(authorization: string | undefined, address: string): Promise<Identity> {
    if (this.#options.now() - this.#refreshed >= REFRESH_MILLISECONDS) await this.refresh();
    // Where nobody is asked, what clients remember of an earlier time does no harm.
    if (authorization === undefined || this.anonymous === 'everything') return this.#nobody();
    const [, scheme = '', value = ''] = /^([A-Za-z]+) +(\S+)$/.exec(authorization) ?? [];
    if (scheme.toLowerCase() === 'bearer') {
      const session = this.#session(value);
      if (session !== undefined) return session;
      const principal = await this.#options.accounts.byToken(value);
      if (principal !== undefined) return this.#somebody(principal);
    }
    if (scheme.toLowerCase() === 'basic') return this.#somebody(await this.login(value, address));
    throw new WaybillError('UNAUTHORIZED', 'Cannot accept the credentials: they are unknown, or their time is over');
  }

  /**
   * The user whose name and password, or access token, are given.
   * @param basic base64 of `name:password`
   * @throws WaybillError UNAUTHORIZED, TOOMANYREQUESTS
   */
  async login(basic: string, address: string): Promise<Principal> {
    const text = Buffer.from(basic, 'base64').toString('utf8');
    const colon = text.indexOf(':');
    const [name, password] = colon < 0 ? ['', ''] : [text.slice(0, colon), text.slice(colon + 1)];
    const principal =
      parseAccessToken(password) === undefined
        ? await this.#byPassword(name, password, address)
        : await this.#options.accounts.byToken(password);
    if (principal !== undefined) return principal;
    throw new WaybillError('UNAUTHORIZED', 'Cannot log in: the user name or the password is wrong');
  }

  /** A session token for what is asked and allowed. @param principal absent for somebody without a name */
  issue(
    principal: Principal | undefined,
    asked: readonly { readonly name: string; readonly actions: readonly Action[] }[],
  ): { token: string; session: Session } {
    const identity = principal === undefined ? this.#nobody() : this.#somebody(principal);
    const access = asked.map(({ name, actions }): Scope => {
      const isGranted = (action: Action) => identity.decide(action, name) === 'yes';
      return {
        name,
        actions: actions.filter(isGranted),
        // Nobody is told no who could still say who he is.
        refused: principal === undefined ? [] : actions.filter((action) => !isGranted(action)),
      };
    });
    const issued = Math.floor(this.#options.now() / 1000);
    const session = {
      ...(principal === undefined ? {} : { user: principal.user }),
      access,
      issued,
      expires: issued + SESSION_SECONDS,
    };
    return { token: signSession(session, this.#options.key), session };
  }

  #nobody(): Identity {
    const anonymous = this.#anonymous;
    const allowed: readonly Action[] = anonymous === 'everything' ? actions : anonymous === 'pull' ? ['pull'] : [];
    return { isSession: false, decide: (action) => (allowed.includes(action) ? 'yes' : 'ask') };
  }

  /** Whoever says who he is may not do less than somebody without a name. */
  #somebody(principal: Principal): Identity {
    const nobody = this.#nobody();
    return {
      user: principal.user,
      isSession: false,
      decide: (action, repository) =>
        mayDo(principal, action, repository) || nobody.decide(action, repository) === 'yes' ? 'yes' : 'no',
    };
  }

  #session(text: string): Identity | undefined {
    const now = Math.floor(this.#options.now() / 1000);
    const known = this.#sessions.get(text);
    if (known !== undefined && known.expires > now) return known.identity;
    const session = readSession(text, this.#options.key, now);
    if (session === undefined) return undefined;
    const identity = sessionIdentity(session);
    if (this.#sessions.size >= MAX_REMEMBERED) this.#sessions.clear();
    this.#sessions.set(text, { identity, expires: session.expires });
    return identity;
  }

  async #byPassword(name: string, password: string, address: string): Promise<Principal | undefined> {
    const key = createHmac('sha256', this.#options.key).update(`${name}:${password}`).digest('base64');
    const known = this.#passwords.get(key);
    if (known !== undefined && known.until > this.#options.now()) return known.principal;
    const principal = await this.#throttle.check(`${address} ${name}`, () =>
      this.#options.accounts.byPassword(name, password),
    );
    if (principal === undefined) return undefined;
    if (this.#passwords.size >= MAX_REMEMBERED) this.#passwords.clear();
    this.#passwords.set(key, { principal, until: this.#options.now() + REMEMBERED_MILLISECONDS });
    return principal;
  }
}

/** What the token says and nothing else: the user may be able to do more, and then asks for another. */
function sessionIdentity({ user, access }: Session): Identity {
  return {
    ...(user === undefined ? {} : { user }),
    isSession: true,
    decide(action, repository) {
      const scopes = access.filter(({ name }) => name === repository);
      if (scopes.some(({ actions }) => actions.includes(action))) return 'yes';
      return scopes.some(({ refused }) => refused.includes(action)) ? 'no' : 'ask';
    },
  };
}
