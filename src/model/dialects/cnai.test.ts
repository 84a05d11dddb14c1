import { testDialect } from '../../../test/contracts/dialect.ts';
import { cnai } from './cnai.ts';

testDialect(cnai);
