import { testDialect } from '../../../test/contracts/dialect.ts';
import { aikit } from './aikit.ts';

testDialect(aikit);
