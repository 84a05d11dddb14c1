import { testDialect } from '../../../test/contracts/dialect.ts';
import { modelpackModctl } from './modelpack-modctl.ts';

testDialect(modelpackModctl);
