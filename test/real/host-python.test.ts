/** What `host` says of a Python is what that Python says of itself, and markers hold as `packaging` evaluates them there. */
import { expect, test } from 'vitest';
import { markersOf } from '../../src/model/environment/compat/python.ts';
import type { Target } from '../../src/model/environment/target/schema.ts';
import { openCli } from './_cli.ts';
import { referencePython } from './_python.ts';
import { run, temporaryFolder } from './_run.ts';

const ASK = `import importlib.metadata, json, packaging.markers, packaging.utils
packages = {}
for one in importlib.metadata.distributions():
    packages.setdefault(packaging.utils.canonicalize_name(one.metadata["Name"]), one.version)
print(json.dumps([packages, packaging.markers.default_environment()]))`;

test('host finds the distributions that importlib.metadata finds, and the values that packaging finds', () => {
  const python = referencePython();
  const [packages, environment]: [Record<string, string>, Record<string, string>] = JSON.parse(
    run(python, ['-c', ASK]).stdout,
  );
  const target = openCli(temporaryFolder()).json<Target>('host', '--python', python);
  expect(Object.keys(packages).length).toBeGreaterThan(10);
  expect(target.python?.packages).toEqual(packages);
  // What nobody puts into a marker: it names a day.
  const { platform_version, ...others } = environment;
  expect(platform_version).toBeDefined();
  const ours = Object.entries(markersOf(target)).filter(([, value]) => value !== undefined);
  expect(Object.fromEntries(ours)).toEqual(others);
});
