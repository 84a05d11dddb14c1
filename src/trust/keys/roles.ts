/**
 * What a key may speak for. One key has one role: a verifier that takes any statement of a key for
 * a signature would take a failed evaluation for an approval.
 */
export const roles = ['publisher', 'trainer', 'evaluator', 'gate', 'approver', 'log'] as const;

export type Role = (typeof roles)[number];
