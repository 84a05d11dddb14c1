/** What a package without a waybill.yaml says of itself: what its dialect states, as far as ModelPack has words for it. */
import type { JsonValue } from '../../base/canonical-json.ts';
import { digestOf } from '../../oci/digest.ts';
import { manifestAnnotations, type Statement } from '../artifact/build.ts';
import { problemOfConfig } from '../artifact/config.ts';
import type { ModelConfig } from '../artifact/layer.ts';

type Members = Readonly<Record<string, unknown>>;

export function statementOfFacts(facts: ModelConfig): Statement {
  const descriptor = valid('descriptor', facts.descriptor ?? {});
  const config = valid('config', facts.config ?? {});
  return {
    config: (diffIds) => ({ descriptor, config, modelfs: { type: 'layers', diffIds } }),
    annotations: manifestAnnotations({
      title: factText(facts, 'name'),
      version: factText(facts, 'version'),
      description: factText(facts, 'description'),
      licences: factLicences(facts),
    }),
  };
}

/** A text of the descriptor, if it is one. */
export function factText({ descriptor }: ModelConfig, member: string): string | undefined {
  const value = descriptor?.[member];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function factLicences({ descriptor }: ModelConfig): readonly string[] {
  const value = descriptor?.['licenses'];
  return Array.isArray(value) ? value.filter((licence) => typeof licence === 'string') : [];
}

/** A member of `config`, if it is text. */
export function modelText({ config }: ModelConfig, member: string): string | undefined {
  const value = config?.[member];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The members that the specification's schema knows and accepts; not the time of an earlier packing. */
function valid(section: 'descriptor' | 'config', members: Members): { readonly [member: string]: JsonValue } {
  const kept = Object.entries(members).filter(([name, value]) => {
    if (name === 'createdAt') return false;
    const whole = { descriptor: {}, config: {}, modelfs: { type: 'layers', diffIds: [digestOf('')] } };
    return problemOfConfig({ ...whole, [section]: { [name]: value } }) === undefined;
  });
  return Object.fromEntries(kept) as { readonly [member: string]: JsonValue };
}
