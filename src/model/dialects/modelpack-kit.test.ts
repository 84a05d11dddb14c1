import { testDialect } from '../../../test/contracts/dialect.ts';
import { modelpackKit } from './modelpack-kit.ts';

testDialect(modelpackKit);
