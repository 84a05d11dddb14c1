import { testDialect } from '../../../test/contracts/dialect.ts';
import { modelpack } from './modelpack.ts';

testDialect(modelpack);
