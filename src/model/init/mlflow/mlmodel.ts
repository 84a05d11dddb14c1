/**
 * The file MLmodel of an MLflow model (mlflow.models.Model, YAML): what is used of it. Nothing is required and nothing
 * is an error: it is somebody's file, and what it cannot say is not known.
 */
import { parseDocument } from 'yaml';

export const MLMODEL = 'MLmodel';

export interface Mlmodel {
  readonly flavors: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly signature?: unknown;
  readonly example: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly runId?: string;
  readonly modelId?: string;
  readonly modelUuid?: string;
  readonly mlflowVersion?: string;
  readonly savedAt?: string;
}

/** @returns undefined for a text that is no YAML or has no flavours */
export function parseMlmodel(text: string): Mlmodel | undefined {
  const value = parseYaml(text);
  const flavors = Object.entries(section(value['flavors'])).map(([name, flavor]) => [name, section(flavor)] as const);
  if (flavors.length === 0) return undefined;
  const texts = {
    runId: value['run_id'],
    modelId: value['model_id'],
    modelUuid: value['model_uuid'],
    mlflowVersion: value['mlflow_version'],
    savedAt: value['utc_time_created'],
  };
  return {
    flavors: Object.fromEntries(flavors),
    ...(value['signature'] === undefined || value['signature'] === null ? {} : { signature: value['signature'] }),
    example: section(value['saved_input_example_info']),
    metadata: section(value['metadata']),
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => typeof text === 'string' && text !== '')),
  };
}

/** A section of any YAML; empty for what is none. */
export function parseYaml(text: string): Readonly<Record<string, unknown>> {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error', uniqueKeys: false });
  if (document.errors.length > 0) return {};
  try {
    return section(document.toJS({ maxAliasCount: 0 }));
  } catch {
    return {}; // Aliases: MLflow writes none.
  }
}

export function section(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
