import { expect, test } from 'vitest';
import { policyRoles } from '../policy/schema.ts';
import { roles } from './roles.ts';

test('roles are those that a policy knows, and that of logs', () => {
  expect([...roles].sort()).toEqual([...policyRoles, 'log'].sort());
});
