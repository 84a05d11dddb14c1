/** Every file of the folder `conformance`, but its README: its path there, and its bytes. */
import { type ConformanceRule, conformanceRules, SPECIFICATION } from '../../src/model/conformance/rules.ts';
import { layoutOf } from './artifact.ts';
import { cases } from './cases.ts';

export const SUITE_FOLDER = 'conformance';

export function suiteFiles(): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const rules: Readonly<Record<string, ConformanceRule>> = conformanceRules;
  const listed = cases.map(({ id, about, artifact, breaks }) => {
    for (const [path, bytes] of layoutOf(artifact)) files.set(`modelpack-0.0.7/${id}/${path}`, bytes);
    const findings = breaks.map((rule) => ({ rule, level: rules[rule]?.level }));
    const verdict = findings.some(({ level }) => level === 'error') ? 'fail' : 'pass';
    return { id, about, verdict, findings };
  });
  const document = { specification: SPECIFICATION, rules: conformanceRules, cases: listed };
  files.set('cases.json', Buffer.from(`${JSON.stringify(document, null, 2)}\n`));
  return files;
}
