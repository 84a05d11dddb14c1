import { testDialect } from '../../../test/contracts/dialect.ts';
import { docker } from './docker.ts';

testDialect(docker);
