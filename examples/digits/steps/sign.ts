/** Steps 9 to 12: the publisher signs, the evaluator states what the tests gave, and whatever is forged is refused. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { readDataset } from '../dataset.ts';
import { evaluate } from '../evaluate.ts';
import { readOnnx } from '../inference/onnx.mts';
import { REFERENCE } from '../reference.ts';
import type { Story } from '../story.ts';

const WEIGHTS = 'weights/digits.onnx';
const DATA = path.join(import.meta.dirname, '../data');
const NEEDED = 0.95;

/** The lines that say yes or no, and why. */
const VERDICT =
  /^pass|^fail|^error|^signed|^attached|^unpacked|^ +(?:satisfied|missing|wrong-role|unknown-key|not trusted|trusted)/;

export function signModel(story: Story, folder: string): void {
  story.title('Sign it: one key for whoever publishes, another for whoever evaluates');
  story.say('(the demo sets WAYBILL_PASSPHRASE; otherwise the passphrase of a key is asked for)');
  const keys = ['waybill keygen acme-release', 'waybill keygen acme-evaluation --role evaluator'].map((command) =>
    story.shell(command, /^made|private|public /),
  );
  const signed = story.shell(`waybill sign ${REFERENCE} --key acme-release.key`, VERDICT);
  writePolicy(folder);
  story.say('trust.yaml now says whom to believe: acme-release publishes, acme-evaluation says that tests passed');
  const incomplete = story.shell(`waybill verify ${REFERENCE} --trust trust.yaml`, VERDICT);
  story.check({
    'two keys, both encrypted': keys.every(({ status }) => status === 0) && isEncrypted(folder),
    signed: signed.status === 0,
    'not enough yet: nobody says that its tests passed':
      incomplete.status === 1 && incomplete.output.includes('missing'),
  });

  story.title('A statement by the wrong role: the publisher says that his own tests passed');
  writeResult(folder);
  const attest = `waybill attest ${REFERENCE} --type test-result --predicate result.json`;
  const own = story.shell(`${attest} --key acme-release.key`, VERDICT);
  const refused = story.shell(`waybill unpack ${REFERENCE} refused --trust trust.yaml`, VERDICT);
  story.check({
    'it is signed well': own.status === 0,
    'and refused for its role': refused.status === 1 && refused.output.includes('not evaluator'),
    'unpack leaves nothing behind': !fs.existsSync(path.join(folder, 'refused')),
  });
  const evaluated = story.shell(`${attest} --key acme-evaluation.key`, VERDICT);
  const verified = story.shell(`waybill verify ${REFERENCE} --trust trust.yaml`, VERDICT);
  const unpacked = story.shell(
    `waybill unpack ${REFERENCE} signed --trust trust.yaml --with-signature --key acme-release.pub`,
    VERDICT,
  );
  story.check({
    'the evaluator says so: every requirement is satisfied': evaluated.status === 0 && verified.status === 0,
    'now it unpacks, with the signature over its files': unpacked.status === 0,
  });
}

export function forgeModel(story: Story): void {
  story.title('A forged file: other weights, and a SHA256SUMS that fits them');
  const tool = story.quiet('command -v sha256sum').status === 0 ? 'sha256sum' : 'shasum -a 256';
  story.shell(
    `cp -r signed forged && mv forged/model.sig . && printf X | dd of=forged/${WEIGHTS} bs=1 seek=9000 conv=notrunc 2>/dev/null
cd forged && cut -c 67- SHA256SUMS | xargs ${tool} > ../sums && mv ../sums SHA256SUMS`,
  );
  const agrees = story.shell('waybill verify ./forged', VERDICT);
  const refused = story.shell('waybill verify ./forged --signature model.sig --key acme-release.pub', VERDICT);
  story.check({
    'the folder agrees with itself': agrees.status === 0,
    'and not with what was signed: the file is named': refused.status === 1 && refused.output.includes(WEIGHTS),
  });

  story.title('A forged package: the same name and version, signed well by somebody else');
  const forged = story.shell(
    `waybill keygen mallory --quiet && waybill pack forged --store mallory --quiet && waybill sign ${REFERENCE} --store mallory --key mallory.key`,
    VERDICT,
  );
  const verified = story.shell(`waybill verify ${REFERENCE} --store mallory --trust trust.yaml`, VERDICT);
  story.check({
    'every byte is whole, the signature is good': forged.status === 0 && !verified.output.includes('layer-digest'),
    'and it is refused: no key of the policy signed it':
      verified.status === 1 && verified.output.includes('unknown-key'),
  });
}

/** What the evaluator measured, on images that the model has not seen, with what it was measured on. */
function writeResult(folder: string): void {
  const { heldOut } = readDataset(DATA);
  const { accuracy } = evaluate(readOnnx(fs.readFileSync(path.join(folder, 'digits', WEIGHTS))), heldOut);
  const sha256 = createHash('sha256')
    .update(fs.readFileSync(path.join(DATA, 'digits-u8.bin.gz')))
    .digest('hex');
  const test = `accuracy ${accuracy.toFixed(3)}, at least ${NEEDED}`;
  const isGood = accuracy >= NEEDED;
  const result = {
    result: isGood ? 'PASSED' : 'FAILED',
    configuration: [{ name: 'held-out digits', digest: { sha256 } }],
    passedTests: isGood ? [test] : [],
    failedTests: isGood ? [] : [test],
  };
  fs.writeFileSync(path.join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
}

function writePolicy(folder: string): void {
  fs.writeFileSync(
    path.join(folder, 'trust.yaml'),
    `trust: 1
keys:
  - { id: acme-release, role: publisher, file: acme-release.pub }
  - { id: acme-evaluation, role: evaluator, file: acme-evaluation.pub }
repositories:
  - match: acme/**
    require:
      - { role: publisher, predicateType: https://waybill.dev/attestations/package/v1 }
      - { role: evaluator, predicateType: https://in-toto.io/attestation/test-result/v0.1, result: PASSED }
`,
  );
}

function isEncrypted(folder: string): boolean {
  return ['acme-release', 'acme-evaluation'].every((name) =>
    fs.readFileSync(path.join(folder, `${name}.key`), 'utf8').includes('ENCRYPTED PRIVATE KEY'),
  );
}
