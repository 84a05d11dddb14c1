import { testDialect } from '../../../test/contracts/dialect.ts';
import { modelpackDocker } from './modelpack-docker.ts';

testDialect(modelpackDocker);
