/** What may be done with a repository, and the roles that stand for it. */

export const actions = ['pull', 'push', 'delete'] as const;
export type Action = (typeof actions)[number];

/** What each role may do. A new one is a line here. */
export const roles = {
  reader: ['pull'],
  writer: ['pull', 'push'],
  admin: ['pull', 'push', 'delete'],
} as const satisfies Record<string, readonly Action[]>;

export type Role = keyof typeof roles;

export function isRole(text: string): text is Role {
  return Object.hasOwn(roles, text);
}

export function isAction(text: string): text is Action {
  return (actions as readonly string[]).includes(text);
}
