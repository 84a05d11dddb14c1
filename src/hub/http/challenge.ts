/** 401: how to say who one is. RFC 9110 §11.6.1, with the distribution project's parameters. */
import type { Action } from '../access/actions.ts';
import type { Answer } from './call.ts';
import { errorAnswer } from './errors.ts';

/** What clients ask for to do something: whoever pushes reads too. */
const scopes: Record<Action, string> = { pull: 'pull', push: 'pull,push', delete: 'pull,delete' };

/**
 * @param origin the hub as the client reaches it
 * @param wanted absent where it is about the hub as a whole
 */
export function challenge(
  origin: string,
  {
    message,
    wanted,
    isBasic = false,
  }: {
    readonly message: string;
    readonly wanted?: { readonly action: Action; readonly repository: string };
    /** For the token endpoint itself, where there is no other way. */
    readonly isBasic?: boolean;
  },
): Answer {
  const scope = wanted === undefined ? '' : `,scope="repository:${wanted.repository}:${scopes[wanted.action]}"`;
  const header = isBasic ? 'Basic realm="waybill"' : `Bearer realm="${origin}/token",service="waybill"${scope}`;
  return errorAnswer(401, 'UNAUTHORIZED', message, { 'www-authenticate': header });
}
