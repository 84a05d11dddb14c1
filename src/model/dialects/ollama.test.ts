import { testDialect } from '../../../test/contracts/dialect.ts';
import { ollama } from './ollama.ts';

testDialect(ollama);
