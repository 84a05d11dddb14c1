/** Writes a target as the YAML that people change and `compat` reads. */
import { Document, isSeq } from 'yaml';
import type { Target } from './schema.ts';
import { TARGET_SCHEMA_URL } from './schema.ts';

/** Without a final newline. */
export function formatTarget(target: Target): string {
  const document = new Document(target);
  // Hundreds of words, one under the other, hide what else is there.
  const features = document.getIn(['cpu', 'features']);
  if (isSeq(features)) features.flow = true;
  return `# yaml-language-server: $schema=${TARGET_SCHEMA_URL}\n${document.toString({ lineWidth: 0 }).trimEnd()}`;
}
