/** Runs every `sh` and `console` block of README.md and docs/, as a reader would. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands as loaders } from '../src/cli/commands/index.ts';
import { isAsShown, type Outcome, runSteps, stepsOf } from './_doc-shell.ts';
import { readDocument, readDocuments } from './_documents.ts';
import { Library } from './_reader.ts';
import { startRegistry, type TestRegistry } from './_registry/server.ts';

/** Its examples stand alone: each is run by itself, below. */
const REFERENCE = 'docs/reference/commands.md';

/** The package states what goes in and comes out. */
const STATED =
  'echo "interface: { inputs: [{ name: image, datatype: FP32, shape: [n, 64] }], outputs: [] }" >> digits/waybill.yaml';

/** A publisher has a key. */
const PUBLISHER =
  'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out publisher.key && openssl pkey -in publisher.key -pubout -out publisher.pub';
/** The package is signed, and somebody believes its publisher. */
const TRUSTED = `${PUBLISHER} && waybill sign acme/digits:1.2.0 --key publisher.key && waybill trust init --publisher publisher.pub --match 'acme/*'`;
/** A key for a log, and something to put into it. */
const LOG_KEY = 'waybill keygen log --role log --unencrypted && echo "approved" > decision.json';
const LOG = `${LOG_KEY} && waybill log init log --origin log.example/models --key log.key --out log.vkey`;
const LOG_OF_ONE = `${LOG} && waybill log append log decision.json --key log.key`;

/** A key of the evaluator, what came out of his tests, and one statement. */
const KEY =
  'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out evaluator.key && openssl pkey -in evaluator.key -pubout -out evaluator.pub && echo \'{"result":"PASSED","configuration":[]}\' > result.json';
const ATTESTED = `${KEY} && waybill attest acme/digits:1.2.0 --type test-result --predicate result.json --key evaluator.key`;

/** What an example takes for granted, by its command. */
const preparations: Readonly<Record<string, string>> = {
  'waybill hub token create ada --allow pull --days 30': 'waybill hub user add ada --tokens-only',
  'waybill init ./digits': 'rm digits/waybill.yaml',
  'waybill pack': 'cd digits',
  'waybill upgrade': 'cd digits',
  'waybill unpack acme/digits:1.2.0 ./digits': 'rm -r digits',
  'waybill inspect acme/digits:1.2.0 --interface oip': `${STATED} && waybill pack digits`,
  // A header of one tensor, and its byte.
  'waybill inspect ./weights/model.safetensors':
    'mkdir -p weights && printf \'\\065\\0\\0\\0\\0\\0\\0\\0{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}x\' > weights/model.safetensors',
  'waybill inspect ./tuned/model.safetensors --against acme/sentiment:1.0.0':
    'waybill init sentiment && waybill pack sentiment --tag acme/sentiment:1.0.0 && cp -r sentiment tuned',
  'waybill sign acme/digits:1.2.0 --key publisher.key': PUBLISHER,
  'waybill verify acme/digits:1.2.0 --trust trust.yaml': TRUSTED,
  'waybill pull registry.example/acme/digits:1.2.0 --trust trust.yaml': `${TRUSTED} && waybill push acme/digits:1.2.0 registry.example/acme/digits`,
  'waybill trust init --publisher acme-release.pub --match "acme/**"': 'waybill keygen acme-release --unencrypted',
  'waybill trust revoke revocations.json --key revocations.key --revoke-key stolen.pub --reason stolen':
    'waybill keygen revocations --unencrypted && waybill keygen stolen --unencrypted',
  'waybill trust admission --for kyverno --trust trust.yaml': TRUSTED,
  'waybill sign ./digits --key publisher.key': PUBLISHER,
  'waybill verify ./restored --signature ./restored/model.sig --key publisher.pub': `${PUBLISHER} && waybill unpack acme/digits:1.2.0 restored && waybill sign ./restored --key publisher.key`,
  'waybill unpack acme/digits:1.2.0 ./signed --with-signature --key publisher.pub': `${PUBLISHER} && waybill sign acme/digits:1.2.0 --key publisher.key`,
  'waybill verify ./restored --against acme/digits:1.2.0': 'waybill unpack acme/digits:1.2.0 restored',
  'waybill compat ./digits --target edge-1.yaml': 'waybill host > edge-1.yaml',
  'waybill host --node node.json':
    'echo \'{"kind":"Node","status":{"nodeInfo":{"operatingSystem":"linux","architecture":"arm64"}}}\' > node.json',
  'waybill log init log --origin log.example/models --key log.key --out log.vkey': LOG_KEY,
  'waybill log append log decision.json --key log.key': LOG,
  'waybill log prove log 0 --out decision.tlog-proof': LOG_OF_ONE,
  'waybill log verify decision.tlog-proof --entry decision.json --vkey log.vkey': `${LOG_OF_ONE} && waybill log prove log 0 --out decision.tlog-proof`,
  'waybill log check log --vkey log.vkey': LOG_OF_ONE,
  'waybill log compare log checkpoint.yesterday --vkey log.vkey': `${LOG_OF_ONE} && waybill log checkpoint log > checkpoint.yesterday`,
  'waybill log serve log': LOG_OF_ONE,
  'waybill copy oci-archive:digits.tar acme/digits:1.2.0':
    'waybill copy acme/digits:1.2.0 oci-archive:digits.tar && waybill remove acme/digits:1.2.0',
  'waybill tag acme/digits:1.3.0 acme/digits:stable --force': 'waybill tag acme/digits:1.2.0 acme/digits:stable',
  'waybill pull registry.example/acme/digits:1.2.0': 'waybill push acme/digits:1.2.0 registry.example/acme/digits',
  'waybill pull localhost:5000/acme/digits:1.2.0 --json': 'waybill push acme/digits:1.2.0 localhost:5000/acme/digits',
  'waybill login registry.example --username ci --password-stdin < token.txt': 'echo secret > token.txt',
  'waybill keygen ci-evaluation --role evaluator --passphrase-fd 3 3< passphrase.txt':
    'echo "correct horse battery staple" > passphrase.txt',
  'waybill hub fsck': 'waybill hub gc',
  'waybill attest acme/digits:1.2.0 --type test-result --predicate result.json --key evaluator.key': KEY,
  'waybill attest acme/digits:1.2.0 --type https://example.com/reviewed/v1 --predicate review.json --key evaluator.key': `${KEY} && echo '{"by":"ada"}' > review.json`,
  'waybill attestations acme/digits:1.2.0 --key evaluator.pub --type test-result': ATTESTED,
  'waybill attestations acme/digits:1.2.0 --key evaluator.pub --save bundles': ATTESTED,
  'waybill attestations acme/digits:1.2.0 --trust trust.yaml': `${ATTESTED} && waybill trust init --publisher evaluator.pub --match "acme/*"`,
  'waybill completion fish > ~/.config/fish/completions/waybill.fish': 'mkdir -p ~/.config/fish/completions',
};

/** Examples that ask somebody at a terminal, where tests have none. */
const asking: readonly string[] = [
  'waybill keygen acme-release',
  'waybill login registry.example --username ada',
  'waybill hub user add ada --role writer --on "acme/**"',
];

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

const documents = readDocuments().filter(({ file }) => /^(?:README\.md$|docs\/)/.test(file) && file !== REFERENCE);
const running = documents
  .map(({ file, blocks }) => ({ file, steps: blocks.flatMap(stepsOf) }))
  .filter(({ steps }) => steps.length > 0);

test.concurrent.each(running)('$file runs as it is written', async ({ file, steps }) => {
  const isNew = /^README|^docs\/start\//.test(file);
  const { folder, environment } = library.reader(isNew);
  // One of its own: what another document pushed would be there already.
  await using own = await startRegistry();
  const outcomes = await runSteps(steps, folder, { ...environment, REGISTRY: own.host });
  for (const [index, outcome] of outcomes.entries()) {
    const told = tell(file, outcome);
    // Only a command whose status is asked for next may fail.
    if (!/^echo .*\$\?/.test(outcomes[index + 1]?.command ?? '')) expect(outcome.status, told).toBe(0);
    else expect(outcome.status, told).toBeDefined();
    if (outcome.expected !== undefined) expect(isAsShown(outcome.expected, outcome.output), told).toBe(true);
  }
});

describe('every example of a verb runs', async () => {
  const commands = await Promise.all(Object.values(loaders).map((load) => load()));
  const examples = commands.flatMap(({ name, examples, exitOf }) =>
    examples.map(({ command }) => ({ name, command, mayDiffer: exitOf !== undefined })),
  );

  test.concurrent.each(examples)('$command', async ({ command, mayDiffer }) => {
    const { folder, environment } = library.reader(false);
    const steps = [preparations[command] ?? ':', command].map((text) => ({
      command: ending(text.replace(/registry\.example|localhost:5000/g, registry.host)),
      expected: undefined,
      line: 0,
      isScript: false,
    }));
    const [preparation, outcome] = await runSteps(steps, folder, environment);
    expect(preparation?.status, preparation?.output).toBe(0);
    // An answer may be "no", and of this machine that it cannot be told.
    const answers = command.startsWith('waybill compat') ? [0, 1, 2] : mayDiffer ? [0, 1] : [0];
    const allowed = asking.includes(command) ? [2] : answers;
    expect(allowed, outcome?.output).toContain(outcome?.status);
    if (asking.includes(command)) expect(outcome?.output).toContain('there is no terminal');
  });

  test('no preparation is left over', () => {
    expect(
      [...Object.keys(preparations), ...asking].filter((command) => !examples.some((one) => one.command === command)),
    ).toEqual([]);
  });

  test('the reference shows all of them', () => {
    const shown = readDocument(REFERENCE).blocks.filter(({ language }) => language === 'sh');
    expect(shown.map(({ text }) => text.split('\n').at(-1))).toEqual(examples.map(({ command }) => command));
  });
});

/** A server is asked to end once it is ready, and listens where nobody else does. */
function ending(command: string): string {
  if (!/^waybill (?:hub|log) serve/.test(command)) return command;
  const free = command.includes('--listen') ? command : `${command} --listen 127.0.0.1:0`;
  return `${free} >log 2>&1 & server=$!
    until grep -q '"ready":true' log || ! kill -0 $server; do sleep 0.1; done; cat log; kill $server; wait $server`;
}

function tell(file: string, { command, line, status, output, expected }: Outcome): string {
  const shown = expected === undefined ? '' : `\n--- shown:\n${expected}`;
  return `${file}:${line}: ${command}\n--- status ${status}, printed:\n${output}${shown}`;
}
