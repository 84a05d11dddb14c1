/** What is known of a package, as `waybill inspect` says it. */
import fs from 'node:fs';
import { WaybillError } from '../base/errors.ts';
import { modeOf } from '../model/artifact/build.ts';
import { readFiles } from '../model/artifact/read-files.ts';
import { readStructure } from '../model/artifact/structure.ts';
import { findingsOfInterface } from '../model/interface/findings.ts';
import { modelAnnotations } from '../model/media-types.ts';
import { parseOwnFile } from '../model/own-file.ts';
import type { WaybillFile } from '../model/waybill-file/schema.ts';
import { readContent } from '../oci/verified.ts';
import type { Context } from './context.ts';
import { inspectBases } from './inspect-bases.ts';
import { inspectFacts } from './inspect-facts.ts';
import type { InterfaceDocument } from './interface-document.ts';
import { locate } from './locate.ts';
import type { PackageOutput } from './outputs/inspect.ts';

export interface InspectOptions {
  /** As the user named it. */
  readonly subject: string;
  readonly withManifest: boolean;
  /** Every tensor, one by one. */
  readonly withTensors: boolean;
  /** The interface as another tool has it, if that is asked for. */
  documentOf(file: WaybillFile | undefined): InterfaceDocument | undefined;
}

/** @throws WaybillError of reading manifest, configuration and tars; UNSUPPORTED for what is no model */
export async function inspectPackage(
  context: Context,
  { subject, withManifest, withTensors, documentOf }: InspectOptions,
): Promise<PackageOutput> {
  await using found = await locateOrExplain(context, subject);
  const { store, target } = found;
  const structure = await readStructure(store, target);
  const { manifest, dialect, config } = structure;
  const files = await readFiles(store, structure);
  const own = await parseOwnFile(store, structure);
  const waybill = own?.file;
  const ownFindings = own === undefined ? [] : [...own.findings, ...findingsOfInterface(own)];
  const { told, main, findings } = await inspectFacts(store, structure, { stated: waybill, withTensors });
  const based = await inspectBases(context, found, { subject, file: waybill, main });
  const asked = documentOf(waybill);
  const optional = (key: string, value: unknown) => (value === undefined ? {} : { [key]: value });
  return {
    digest: target.digest,
    ...optional('name', config.descriptor?.['name']),
    ...optional('version', config.descriptor?.['version']),
    ...optional('setDigest', manifest.annotations[modelAnnotations.setDigest]),
    mediaType: manifest.mediaType,
    dialect: { id: dialect.id, title: dialect.title },
    ...optional('artifactType', manifest.artifactType),
    annotations: manifest.annotations,
    files: files.map(({ path, component, mediaType, digest, size, isExecutable }) => ({
      path,
      component,
      mediaType,
      digest,
      size,
      mode: modeOf(isExecutable).toString(8).padStart(4, '0'),
    })),
    size: files.reduce((sum, { size }) => sum + size, 0),
    ...optional('model', waybill?.model),
    ...optional('interface', waybill?.interface),
    ...optional('environment', waybill?.environment),
    ...told,
    config: { ...config },
    referrers: (await store.referrers(target)).map(({ digest, size, artifactType, annotations }) => ({
      digest,
      size,
      ...optional('artifactType', artifactType),
      ...optional('annotations', annotations),
    })),
    ...optional('bases', based.bases),
    findings: [...structure.findings, ...ownFindings, ...findings, ...based.findings],
    ...(asked === undefined ? {} : { document: { ...asked.document }, lost: [...asked.lost] }),
    ...(withManifest ? { manifest: (await readContent(store, target, target.size, 'manifest')).toString('utf8') } : {}),
  };
}

/** A file is named with ./ before it; whoever leaves that away is told. */
async function locateOrExplain(context: Context, subject: string): ReturnType<typeof locate> {
  try {
    return await locate(context, subject);
  } catch (error) {
    if (!(error instanceof WaybillError) || !fs.statSync(subject, { throwIfNoEntry: false })?.isFile()) throw error;
    throw new WaybillError(error.code, error.message, {
      hint: `For the file: waybill inspect ./${subject}`,
      cause: error,
    });
  }
}
