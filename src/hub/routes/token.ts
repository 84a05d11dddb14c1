import { collect } from '../../base/bytes.ts';
import { WaybillError } from '../../base/errors.ts';
import { isRepositoryName } from '../../oci/reference.ts';
import { SESSION_SECONDS } from '../access/access.ts';
import type { Principal } from '../access/accounts.ts';
import { type Action, actions, isAction } from '../access/actions.ts';
import type { Answer, Call, Route } from '../http/call.ts';

/**
 * Session tokens: the distribution project's "Token Authentication Specification" (GET) and "OAuth2
 * Token Authentication" (POST). Whoever gives no name gets what is open to everybody.
 */
export const token: Route = {
  id: 'token',
  pattern: /^\/token$/,
  needs: 'nothing',
  methods: { GET: give, POST: giveForForm },
};

/** A client asks for one or two: its own repository and one to mount from. */
const MAX_SCOPES = 50;
/** Fifty scopes with a name and a password. */
const MAX_FORM_SIZE = 64 * 1024;

async function give(call: Call): Promise<Answer> {
  const [, basic] = /^basic +(\S+)$/i.exec(call.header('authorization') ?? '') ?? [];
  const principal = basic === undefined ? undefined : await call.access.login(basic, call.address);
  return answer(call, principal, call.url.searchParams.getAll('scope'));
}

async function giveForForm(call: Call): Promise<Answer> {
  const form = new URLSearchParams((await collect(call.body, MAX_FORM_SIZE, 'the form')).toString('utf8'));
  const name = form.get('username') ?? '';
  // A refresh token is an access token: what `login` with an identity token keeps.
  const secret = form.get('grant_type') === 'refresh_token' ? form.get('refresh_token') : form.get('password');
  const basic = Buffer.from(`${name}:${secret ?? ''}`).toString('base64');
  return answer(call, await call.access.login(basic, call.address), form.getAll('scope'));
}

function answer(call: Call, principal: Principal | undefined, scopes: readonly string[]): Answer {
  const asked = scopes.flatMap((text) => text.split(' ')).filter((text) => text !== '');
  if (asked.length > MAX_SCOPES)
    throw new WaybillError('LIMIT_EXCEEDED', `Cannot give ${asked.length} scopes at once: the limit is ${MAX_SCOPES}`);
  const { token, session } = call.access.issue(principal, asked.flatMap(parseScope));
  const issued = new Date(session.issued * 1000).toISOString();
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify({ token, access_token: token, expires_in: SESSION_SECONDS, issued_at: issued }),
  };
}

/** `repository:acme/digits:pull,push`; what else may be asked for is not given here. */
function parseScope(text: string): { name: string; actions: readonly Action[] }[] {
  const [, name = '', list = ''] = /^repository:([^:]+):([a-z,*]+)$/.exec(text) ?? [];
  if (!isRepositoryName(name)) return [];
  const wanted = list.split(',');
  return [{ name, actions: wanted.includes('*') ? actions : wanted.filter(isAction) }];
}
