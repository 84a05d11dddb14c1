import { testDialect } from '../../../test/contracts/dialect.ts';
import { kit } from './kit.ts';

testDialect(kit);
