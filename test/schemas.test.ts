/** The published schemas against what they describe: texts of waybill.yaml, and what verbs really print. */
import fs from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Key, keysOf } from '../scripts/generate/schema-keys.ts';
import { allSchemas } from '../scripts/generate/schemas.ts';
import { commands as loaders } from '../src/cli/commands/index.ts';
import { parseWaybillFile } from '../src/model/waybill-file/parse.ts';
import { runSteps } from './_doc-shell.ts';
import { Library } from './_reader.ts';
import { startRegistry, type TestRegistry } from './_registry/server.ts';
import { closed, validator } from './_validate.ts';
import { bad, badForTheParserAlone, good } from './_waybill-files.ts';

const read = (name: string) => JSON.parse(fs.readFileSync(`schemas/${name}.schema.json`, 'utf8'));
const refuses = (text: string) => expect(() => parseWaybillFile(text)).toThrow(/Cannot use waybill\.yaml/);

describe('waybill.yaml', () => {
  const validate = validator(read('waybill-1'));

  test.each(Object.entries(good))('parser and schema accept %s', (_, text) => {
    expect(() => parseWaybillFile(text)).not.toThrow();
    expect(validate(parse(text))).toEqual([]);
  });

  test.each(Object.entries(bad))('parser and schema refuse %s', (_, text) => {
    refuses(text);
    expect(validate(parse(text))).not.toEqual([]);
  });

  test.each(Object.entries(badForTheParserAlone))('only the parser refuses %s', (_, text) => {
    refuses(text);
    expect(validate(parse(text))).toEqual([]);
  });

  test('the schema of the interface alone takes what the whole takes in its section', () => {
    const alone = validator(read('interface-1'));
    for (const [name, text] of [...Object.entries(good), ...Object.entries(bad)]) {
      const { interface: section }: { interface?: unknown } = parse(text);
      if (section !== undefined) expect([name, alone(section).length === 0]).toEqual([name, name in good]);
    }
  });

  test('the template of init is accepted by both', () => {
    const text = fs.readFileSync('templates/standard/waybill.yaml', 'utf8').replaceAll(/\{\{\w+\}\}/g, 'x');
    expect(() => parseWaybillFile(text)).not.toThrow();
    expect(validate(parse(text))).toEqual([]);
  });

  test('every section of the schema is closed but for keys that begin with x-', () => {
    const open: string[] = [];
    const visit = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const schema: Record<string, unknown> = { ...value };
      const isClosed = schema['additionalProperties'] === false && 'x-' in { 'x-': schema['patternProperties'] };
      if ('properties' in schema && !(isClosed && JSON.stringify(schema['patternProperties']) === '{"^x-":{}}'))
        open.push(at);
      for (const [key, inner] of Object.entries(schema)) visit(inner, `${at}/${key}`);
    };
    visit(read('waybill-1'), '');
    // The request parameters, and what a JSON document in a tensor is, are JSON Schemas of their own.
    const own =
      /^\/properties\/interface\/properties\/(?:parameters|(?:in|out)puts\/items\/properties\/semantic\/oneOf\/1\/properties\/schema)$/;
    expect(open).toHaveLength(3);
    expect(open.filter((at) => !own.test(at))).toEqual([]);
  });
});

interface Case {
  /** Shell commands that bring files into the state that is wanted. */
  readonly before?: string;
  readonly good: readonly string[];
  readonly bad: string;
}

/** A key, and what its holder says of tests. */
const EVALUATOR = `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out evaluator.key
  openssl pkey -in evaluator.key -pubout -out evaluator.pub
  echo '{"result":"PASSED","configuration":[]}' > result.json`;
/** A key of a publisher. */
const PUBLISHER = 'waybill keygen publisher --unencrypted --quiet';

/** The package is signed, and somebody believes its publisher. */
const TRUSTED = `${PUBLISHER} && waybill sign acme/digits:1.2.0 --key publisher.key
  waybill trust init --publisher publisher.pub --match 'acme/*'`;
/** A folder that was unpacked and then changed, moved, added to. */
const CHANGED = `waybill unpack acme/digits:1.2.0 changed && echo >> changed/README.md && chmod +x changed/config.json
  mv changed/weights/model.onnx changed/weights/m.onnx; ln -s x changed/link`;
/** One that packs with findings, and one that cannot be packed at all. */
const ODD = `cp -R digits odd; touch odd/aux.txt odd/stray; sed -i.old 's/LICENSE/LICENSE, aux.txt/' odd/waybill.yaml
  cp -R digits broken; echo 'versoin: 1' >> broken/waybill.yaml`;

/** A log with its key and some entries, a proof, and a server of it that has been stopped. */
const LOGGED = `waybill keygen log --role log --unencrypted; waybill keygen w --role log --unencrypted
  waybill log init log --origin log.example/models --key log.key --out log.vkey; echo x > entry
  waybill log append log entry --key log.key; waybill log prove log 0 --out proof
  waybill log serve log --listen 127.0.0.1:0 --json >served 2>/dev/null & server=$!
  until grep -q '"ready":true' served || ! kill -0 $server; do sleep 0.1; done; kill $server; wait $server
  cp -R log split; printf x | dd of=split/tile/entries/000.p/1 bs=1 seek=2 conv=notrunc status=none
  waybill() { if [ "$2" = stopped ]; then tail -n +2 served; else command waybill "$@"; fi; }`;

/** For each verb, commands whose JSON is held to its schema, and one that fails. */
const cases: Readonly<Record<string, Case>> = {
  init: { good: ['init sentiment', 'init new --template'], bad: 'init digits' },
  pack: { before: ODD, good: ['pack digits', 'pack odd'], bad: 'pack broken' },
  inspect: {
    before: `echo 'interface: { inputs: [{ name: x, datatype: FP32, shape: [n], minimum: 0 }], outputs: [] }' >> digits/waybill.yaml
      waybill pack digits`,
    good: [
      'inspect acme/digits:1.2.0',
      'inspect acme/digits:1.2.0 --manifest',
      'inspect acme/digits:1.2.0 --interface oip',
      'inspect acme/digits:1.2.0 --interface request-schema',
    ],
    bad: 'inspect acme/none',
  },
  verify: {
    before: `${CHANGED}
      ${TRUSTED} && waybill unpack acme/digits:1.2.0 whole && waybill sign ./whole --key publisher.key`,
    good: [
      'verify ./whole --signature whole/model.sig --key publisher.pub',
      'verify ./changed --signature whole/model.sig --key publisher.pub',
      'verify ./whole --signature whole/README.md --key publisher.pub',
      'verify acme/digits:1.2.0',
      'verify ./changed',
      'verify --store',
      'verify ./changed --against acme/digits:1.1.0',
      'verify acme/digits:1.2.0 --trust trust.yaml',
      'verify acme/digits:1.1.0 --trust trust.yaml',
    ],
    bad: 'verify ./sentiment',
  },
  unpack: {
    before: TRUSTED,
    good: [
      'unpack acme/digits:1.2.0 new',
      'unpack acme/digits:1.2.0 signed --with-signature --key publisher.pub',
      'unpack acme/digits:1.2.0 trusted --trust trust.yaml',
    ],
    bad: 'unpack acme/digits:1.2.0 digits',
  },
  diff: {
    before: CHANGED,
    good: ['diff acme/digits:1.1.0 ./changed', 'diff acme/digits:1.2.0 ./digits'],
    bad: 'diff ./digits ./none',
  },
  compat: {
    before: `printf 'target: 1\\nos: linux\\npython: null\\n' > edge.yaml
      printf 'environment: { requires: { os: [darwin], python: ">=3.9" }, locks: [README.md] }\\n' >> digits/waybill.yaml`,
    good: ['compat acme/digits:1.2.0', 'compat ./digits', 'compat ./digits --target edge.yaml'],
    bad: 'compat ./digits --target none.yaml',
  },
  host: { good: ['host', 'host --python none'], bad: 'host --node digits/config.json' },
  conformance: { good: ['conformance acme/digits:1.2.0'], bad: 'conformance acme/none:1' },
  convert: {
    good: ['convert acme/digits:1.2.0 --to kit', 'convert acme/digits:1.2.0 --to docker --tag new:docker'],
    bad: 'convert acme/digits:1.2.0 --to gguf',
  },
  upgrade: { good: ['upgrade digits --check', 'upgrade digits', 'upgrade digits'], bad: 'upgrade sentiment' },
  copy: { good: ['copy acme/digits:1.2.0 oci:out'], bad: 'copy acme/digits:1.2.0 ./out' },
  push: {
    before: TRUSTED,
    good: [
      'push acme/digits:1.2.0 $REGISTRY/acme/digits --trust trust.yaml',
      'push acme/digits:1.2.0 $REGISTRY/pushed',
    ],
    bad: 'push acme/digits:1.2.0',
  },
  pull: {
    before: `${TRUSTED}; waybill push acme/digits:1.2.0 $REGISTRY/acme/digits; waybill push acme/digits:1.1.0 $REGISTRY/pulled`,
    good: ['pull $REGISTRY/pulled:1.1.0', 'pull $REGISTRY/acme/digits:1.2.0 --trust trust.yaml'],
    bad: 'pull $REGISTRY/pulled:none',
  },
  keygen: { good: ['keygen release --unencrypted', 'keygen log --role log --unencrypted'], bad: 'keygen release' },
  trust: {
    before: `${TRUSTED}; waybill keygen revocations --unencrypted`,
    good: [
      'trust init acme/digits:1.2.0 --output other.yaml',
      'trust revoke list.json --key revocations.key --revoke-key publisher.pub --since 2026-01-01',
      'trust admission --for policy-controller --trust trust.yaml',
    ],
    bad: 'trust init',
  },
  login: { good: ['login $REGISTRY --username ci --password-stdin < digits/config.json'], bad: 'login $REGISTRY' },
  logout: { good: ['logout $REGISTRY'], bad: 'logout' },
  hub: {
    before: `waybill hub serve --listen 127.0.0.1:0 --json >log 2>/dev/null & server=$!
      until grep -q '"ready":true' log || ! kill -0 $server; do sleep 0.1; done; kill $server; wait $server
      waybill() { if [ "$2" = stopped ]; then tail -n +2 log; else command waybill "$@"; fi; }`,
    good: ['hub stopped', 'hub fsck'],
    bad: 'hub start',
  },
  sign: {
    before: `${PUBLISHER}; waybill keygen log --role log --unencrypted --quiet; cp -R digits plain`,
    good: [
      'sign acme/digits:1.2.0 --key publisher.key',
      'sign acme/digits:1.2.0 --key publisher.key',
      'sign acme/digits:1.2.0 --key publisher.key --expires 2999-12-31',
      'sign ./plain --key publisher.key',
    ],
    bad: 'sign acme/digits:1.2.0 --key log.key',
  },
  log: {
    before: LOGGED,
    good: [
      'log init new --origin log.example/new --key log.key',
      'log append log digits/config.json --key log.key --lines',
      'log checkpoint log --vkey log.vkey',
      'log prove log 0',
      'log verify proof --entry entry --vkey log.vkey',
      'log verify proof --entry log.key --vkey log.vkey',
      'log check log',
      'log check split --vkey log.vkey',
      'log compare log log --vkey log.vkey',
      'log witness log --vkey log.vkey --name witness.example --key w.key',
      'log stopped',
    ],
    bad: 'log prove log 7',
  },
  attest: {
    before: `${EVALUATOR}; echo '{"result":"FAILED"}' > failed.json`,
    good: [
      'attest acme/digits:1.2.0 --type test-result --predicate result.json --key evaluator.key',
      'attest acme/digits:1.2.0 --type test-result --predicate result.json --key evaluator.key',
      'attest acme/digits:1.2.0 --type urn:example:x --predicate result.json --key evaluator.key',
    ],
    bad: 'attest acme/digits:1.2.0 --type test-result --predicate failed.json --key evaluator.key',
  },
  attestations: {
    before: `${EVALUATOR}; waybill attest acme/digits:1.2.0 --type test-result --predicate result.json --key evaluator.key
      waybill trust init --publisher evaluator.pub --match "acme/*"`,
    good: [
      'attestations acme/digits:1.2.0',
      'attestations acme/digits:1.2.0 --key evaluator.pub --predicates --save bundles',
      'attestations acme/digits:1.3.0 --type vsa',
      'attestations acme/digits:1.2.0 --trust trust.yaml',
    ],
    bad: 'attestations acme/digits:1.2.0 --key evaluator.key',
  },
  list: { good: ['list', 'list none', 'list --store ./absent'], bad: 'list --store ./digits' },
  tag: {
    good: ['tag acme/digits:1.2.0 new:1', 'tag acme/digits:1.3.0 new:1 --force'],
    bad: 'tag acme/digits:1.2.0 new',
  },
  remove: { good: ['remove acme/digits:1.3.0'], bad: 'remove acme/none:1' },
  prune: { good: ['prune --dry-run', 'prune'], bad: 'prune --store ./digits' },
  completion: { good: ['completion bash'], bad: 'completion tcsh' },
  help: { good: ['help', 'help pack'], bad: 'help nothing' },
};

describe('the JSON of verbs', async () => {
  const schemas = await allSchemas(await Promise.all(Object.values(loaders).map((load) => load())));
  const schemaOf = (name: string) =>
    closed(JSON.parse(JSON.stringify(schemas.get(`schemas/output/${name}.schema.json`))));
  const isError = validator(Object(schemaOf('error')));
  let library: Library;
  let registry: TestRegistry;
  beforeAll(async () => {
    library = new Library();
    registry = await startRegistry();
  });
  afterAll(async () => {
    library[Symbol.dispose]();
    await registry[Symbol.asyncDispose]();
  });

  /** Runs commands one after the other where files are in the states that cases want. */
  async function run(
    before: string,
    commands: readonly string[],
  ): Promise<readonly { command: string; status: number; json: unknown }[]> {
    const { folder, environment } = library.reader(false);
    const steps = [before, ...commands.map((command) => `waybill ${command} --json 2>/dev/null`)];
    const outcomes = await runSteps(
      steps.map((command) => ({ command, expected: undefined, line: 0, isScript: false })),
      folder,
      { ...environment, REGISTRY: registry.host },
    );
    return outcomes.slice(1).map(({ command, status = -1, output }) => ({ command, status, json: JSON.parse(output) }));
  }

  test('there is a case for every verb', () => {
    expect(Object.keys(cases).sort()).toEqual(Object.keys(loaders).sort());
  });

  test.concurrent.each(Object.entries(cases))(
    'of %s is as its schema says, also when it fails',
    async (name, { before = ':', good, bad }) => {
      const validate = validator(Object(schemaOf(name)));
      const outcomes = await run(before, [...good, bad]);
      for (const { command, json } of outcomes.slice(0, -1))
        expect(validate(json), `${command}: ${JSON.stringify(json)}`).toEqual([]);
      const failure = outcomes.at(-1);
      expect(isError(failure?.json), JSON.stringify(failure)).toEqual([]);
      expect(failure?.status).toBeGreaterThan(0);
    },
  );

  test.each([...schemas])('%s describes each key', (_, schema) => {
    const bare = keysOf(schema).filter(({ description }: Key) => description === '');
    expect(bare.map(({ path }) => path)).toEqual([]);
  });
});
