/** Looks at a folder and derives what waybill.yaml can say without asking anybody. */
import fs from 'node:fs';
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import { deriveFacts } from '../facts/derive.ts';
import type { DeclaredInterface, Statement } from '../facts/statements.ts';
import type { Component } from '../media-types.ts';
import { filesOfFolder } from '../model-set/package-file.ts';
import { refusalOf } from '../paths/rules.ts';
import type { SelectedFile } from '../source/select.ts';
import { type SourceFile, walkFolder } from '../source/walk.ts';
import { semver } from '../waybill-file/texts.ts';
import type { Derived } from './derived.ts';
import { type BaseModel, type FrontMatter, readFrontMatter, unplacedIn } from './front-matter.ts';
import type { Created, Imported } from './imported.ts';
import { licenceOfName, licenceOfText } from './licence.ts';
import { differencesOfSignature } from './mlflow/compare.ts';
import { convertExample } from './mlflow/example.ts';
import { importMlflow } from './mlflow/import.ts';
import { MLMODEL } from './mlflow/mlmodel.ts';
import { modelStatements, portsTold } from './model-statements.ts';
import { asName } from './name.ts';
import { type Sorted, sortFiles } from './sort.ts';

export interface Look {
  readonly facts: readonly Derived[];
  /** What the model files say, as waybill.yaml states it. */
  readonly statements: readonly Statement[];
  /** The same for people. */
  readonly told: readonly Derived[];
  readonly interface?: DeclaredInterface;
  /** What another tool's own description of the folder gave. */
  readonly imported: Imported | undefined;
  /** Files that go with waybill.yaml, to be written beside it. */
  readonly created: readonly Created[];
  readonly languages: readonly string[];
  readonly baseModels: readonly BaseModel[];
  readonly locks: readonly string[];
  readonly sorted: Sorted;
  /** What a person has to add or look at. */
  readonly missing: readonly string[];
}

/** Texts that are read at all; a licence has 35 KB at most, a README seldom more. */
const MAX_TEXT_SIZE = 1024 * 1024;

/** @throws WaybillError FILE_UNREADABLE; USAGE for a Hugging Face cache folder that is not a snapshot */
export async function lookAt(folder: string): Promise<Look> {
  refuseCacheRoot(folder);
  const files = walkFolder(folder);
  const usable = files.filter(({ path, refusal }) => refusal === undefined && refusalOf(path) === undefined);
  const read = (file: string | undefined) =>
    file === undefined ? undefined : readText(usable.find(({ path }) => path === file)?.file);
  const seen = { paths: usable.map(({ path }) => path), read };
  const imported = importMlflow(seen);
  const toSort = usable.map(({ path, identity }) => ({ path, size: identity.size }));
  const sorted = sortFiles(toSort, imported?.components);
  const named = (expression: RegExp) => usable.map(({ path }) => path).find((path) => expression.test(path));

  const readme = named(/^readme(?:\.md|\.txt|\.rst)?$/i);
  const matter = readFrontMatter(read(readme) ?? '');
  const project = read(named(/^pyproject\.toml$/)) ?? '';
  const facts = new Map<string, Derived>();
  const add = (key: string, value: string | undefined, from: string) => {
    if (value !== undefined) facts.set(key, { key, value, from });
  };
  for (const { key, value, from } of [deriveName(folder, project), deriveVersion(project)]) add(key, value, from);
  const licenceFile = named(/^(?:licen[cs]e|copying)(?:[.-][^/]*)?$/i);
  const licence = deriveLicence(matter, readme, licenceFile, read(licenceFile));
  if (licence !== undefined)
    for (const key of licensedKinds(sorted)) add(`licenses.${key}`, licence.value, licence.from);
  add('model.task', matter.task, `${readme}, pipeline_tag`);
  const weights = [...sorted.assigned].filter(([, component]) => component === 'weights').map(([path]) => path);
  const onnx = weights.filter((file) => file.endsWith('.onnx'));
  if (onnx.length === 1) add('runtime.model', onnx[0], 'the only ONNX file');
  for (const { key, value, from } of imported?.facts ?? []) add(key, value, from);
  const derivation = await deriveFacts(filesOfFolder(componentsOf(usable, sorted)), facts.get('runtime.model')?.value);
  const { unsaid, ...stated } = modelStatements(derivation);
  // What the files themselves say is what an engine will be given.
  const declared = stated.interface ?? imported?.interface;
  const { created, missing } = declared === undefined ? { missing: [] } : convertExample(declared, seen);
  const more = created === undefined ? [] : [{ path: created.path, size: created.text.length }];
  return {
    facts: [...facts.values()],
    ...stated,
    told: [...stated.told, ...(stated.interface === undefined ? portsTold(imported?.interface, MLMODEL) : [])],
    ...(declared === undefined ? {} : { interface: declared }),
    imported,
    created: created === undefined ? [] : [created],
    languages: matter.languages,
    baseModels: distinct([
      ...matter.baseModels,
      ...(imported?.baseModels ?? []).map((ref) => ({ ref })),
      ...stated.baseModels,
    ]),
    locks: usable
      .map(({ path }) => path)
      .filter((file) =>
        /(?:^|\/)(?:requirements\.lock|requirements\.lock\.txt|uv\.lock|poetry\.lock|pylock(?:\.[^/]+)?\.toml)$/.test(
          file,
        ),
      ),
    sorted: more.length === 0 ? sorted : sortFiles([...toSort, ...more], imported?.components),
    missing: [
      ...unsaid,
      ...(imported?.missing ?? []),
      ...missing,
      ...differencesOfSignature(imported?.interface, stated.interface),
      ...missingFrom(
        files.filter((file) => !usable.includes(file)),
        sorted,
        { weights, readme, licence, licenceFile, stated: matter.license },
      ),
      ...unplacedIn(matter, readme ?? ''),
    ],
  };
}

/** The first that says it; another may say how the model came from it. */
function distinct(bases: readonly BaseModel[]): readonly BaseModel[] {
  const byRef = new Map<string, BaseModel>();
  for (const base of bases) byRef.set(base.ref, { ...base, ...byRef.get(base.ref) });
  return [...byRef.values()];
}

function missingFrom(
  unusable: readonly { path: string; refusal?: string }[],
  sorted: Sorted,
  {
    weights,
    readme,
    licence,
    licenceFile,
    stated,
  }: {
    weights: readonly string[];
    readme: string | undefined;
    licence: Derived | undefined;
    licenceFile: string | undefined;
    stated: string | undefined;
  },
): string[] {
  const missing: string[] = [];
  if (weights.length === 0) missing.push('no file looks like weights: name them under components.weights');
  if (licence === undefined) missing.push(licenceMissing(licenceFile, readme, stated));
  if (readme === undefined) missing.push('no README');
  missing.push('summary: what the model does, in one sentence', 'owner: who answers for it');
  for (const { path, component } of sorted.guessed) missing.push(`${path}: no rule knows it, sorted into ${component}`);
  for (const { path, reason } of sorted.leftOut.filter(({ reason }) => reason.includes('secret')))
    missing.push(`${path}: left out, it ${reason}`);
  for (const { path, refusal } of unusable) missing.push(`${path}: cannot be packed, ${refusal ?? refusalOf(path)}`);
  return missing;
}

function licenceMissing(file: string | undefined, readme = '', stated?: string): string {
  if (file !== undefined) return `licenses: the text of ${file} is none that is known`;
  if (stated === undefined) return 'no licence: add a LICENSE file and licenses';
  return `licenses: ${readme} says ${JSON.stringify(stated)}, which SPDX does not know: write LicenseRef- and a name`;
}

/** `models--ORG--NAME` itself holds blobs and snapshots; one snapshot is the model. */
function refuseCacheRoot(folder: string): void {
  if (!fs.existsSync(path.join(folder, 'snapshots')) || !fs.existsSync(path.join(folder, 'blobs'))) return;
  const [first = 'REVISION'] = fs.readdirSync(path.join(folder, 'snapshots'));
  throw new WaybillError(
    'USAGE',
    `Cannot look at ${folder}: it is a folder of the Hugging Face cache with all revisions`,
    {
      hint: `waybill init ${path.join(folder, 'snapshots', first)}`,
    },
  );
}

function readText(file: string | undefined): string | undefined {
  if (file === undefined || fs.statSync(file).size > MAX_TEXT_SIZE) return undefined;
  return fs.readFileSync(file, 'utf8');
}

function deriveName(folder: string, project: string): Derived {
  const full = fs.realpathSync(folder);
  const cached = /models--([^/]+)\/snapshots\/[^/]+$/.exec(full.split(path.sep).join('/'))?.[1];
  if (cached !== undefined)
    return { key: 'name', value: asName(cached.replaceAll('--', '/')), from: 'the Hugging Face cache' };
  const stated = /^\s*name\s*=\s*"([^"]+)"/m.exec(project)?.[1];
  if (stated !== undefined) return { key: 'name', value: asName(stated), from: 'pyproject.toml' };
  return { key: 'name', value: asName(path.basename(full)), from: 'the name of the folder' };
}

function deriveVersion(project: string): Derived {
  const stated = /^\s*version\s*=\s*"([^"]+)"/m.exec(project)?.[1];
  if (stated !== undefined && semver.safeParse(stated).success)
    return { key: 'version', value: stated, from: 'pyproject.toml' };
  return { key: 'version', value: '0.1.0', from: 'a first version' };
}

function deriveLicence(
  matter: FrontMatter,
  readme: string | undefined,
  file: string | undefined,
  text: string | undefined,
): Derived | undefined {
  const byText = text === undefined ? undefined : licenceOfText(text);
  if (byText !== undefined && file !== undefined)
    return { key: 'licenses', value: byText, from: `the text of ${file}` };
  const byName = matter.license === undefined ? undefined : licenceOfName(matter.license);
  return byName === undefined ? undefined : { key: 'licenses', value: byName, from: `${readme}, license` };
}

function licensedKinds({ components }: Sorted): readonly ('weights' | 'code')[] {
  const has = (component: Component) => components.has(component);
  return [...(has('weights') ? (['weights'] as const) : []), ...(has('code') ? (['code'] as const) : [])];
}

function componentsOf(files: readonly SourceFile[], { assigned }: Sorted): readonly SelectedFile[] {
  return files.flatMap((file) => {
    const component = assigned.get(file.path);
    return component === undefined ? [] : [{ ...file, component }];
  });
}
