/** Users of a hub: what they hand in, and what they see of an answer. */
import type { Action } from '../../src/hub/access/actions.ts';
import { openAccounts } from '../../src/hub/storage.ts';

export type Headers = Readonly<Record<string, string>>;

export const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

export const basic = (name: string, password: string): Headers => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});

/** Makes an access token for a user of the hub in a folder, which may be running. */
export async function makeToken(
  folder: string,
  user: string,
  {
    actions = ['pull', 'push', 'delete'],
    pattern = '**',
    expires = 9e12,
  }: { actions?: readonly Action[]; pattern?: string; expires?: number } = {},
): Promise<{ id: string; text: string }> {
  await using opened = await openAccounts(folder, () => Date.now());
  return await opened.accounts.createToken(user, { note: 'test', actions, pattern, expires });
}

/** A session token of a hub for one scope. */
export async function sessionToken(address: string, scope: string, headers: Headers = {}): Promise<string> {
  const answer = await fetch(`${address}/token?service=waybill&scope=${scope}`, { headers });
  if (answer.status !== 200) throw new Error(`the hub gives no token: ${answer.status}`);
  return ((await answer.json()) as { token: string }).token;
}

export interface Shape {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** Of one answer alone: which it is, when it came, and whether its client ends the line. */
const PASSING = ['x-request-id', 'date', 'connection', 'keep-alive'];

/** All that a client sees of an answer but what belongs to it alone. */
export async function shapeOf(response: Response): Promise<Shape> {
  const headers = [...response.headers].filter(([name]) => !PASSING.includes(name));
  return { status: response.status, headers, body: await response.text() };
}
