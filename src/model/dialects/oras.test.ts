import { testDialect } from '../../../test/contracts/dialect.ts';
import { oras } from './oras.ts';

testDialect(oras);
