/** CycloneDX bill of materials, in JSON: versions 1.2 to 1.7. */
import { z } from 'zod';
import { count, definePredicate } from '../predicate/define.ts';
import { someText, text, timestamp } from '../predicate/shapes.ts';
import { predicateTypes } from '../predicate-types.ts';

const COMPONENT_TYPES = [
  'application',
  'framework',
  'library',
  'container',
  'platform',
  'operating-system',
  'device',
  'device-driver',
  'firmware',
  'file',
  'machine-learning-model',
  'data',
  'cryptographic-asset',
] as const;

const hash = z.looseObject({
  alg: someText,
  content: z
    .string()
    .regex(/^(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})$/, 'a digest in hex'),
});

/** Components lie in components. */
interface Component {
  readonly type: (typeof COMPONENT_TYPES)[number];
  readonly name: string;
  readonly components?: Component[] | undefined;
}

const component: z.ZodType<Component> = z.looseObject({
  type: z.enum(COMPONENT_TYPES),
  name: text,
  'bom-ref': someText.optional(),
  version: text.optional(),
  group: text.optional(),
  purl: text.optional(),
  hashes: z.array(hash).optional(),
  licenses: z.array(z.record(z.string(), z.unknown())).optional(),
  externalReferences: z.array(z.looseObject({ url: text, type: someText })).optional(),
  modelCard: z.record(z.string(), z.unknown()).optional(),
  get components() {
    return z.array(component).optional();
  },
});

const schema = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string().regex(/^1\.[2-7]$/, 'a version from 1.2 to 1.7'),
  serialNumber: z
    .string()
    .regex(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
      'urn:uuid: and a UUID in lower case',
    )
    .optional(),
  version: z.int().min(1).optional(),
  metadata: z.looseObject({ timestamp: timestamp.optional(), component: component.optional() }).optional(),
  components: z.array(component).optional(),
  services: z.array(z.looseObject({ name: text })).optional(),
  dependencies: z.array(z.looseObject({ ref: someText, dependsOn: z.array(someText).optional() })).optional(),
  vulnerabilities: z.array(z.record(z.string(), z.unknown())).optional(),
});

export const cyclonedx = definePredicate({
  id: 'cyclonedx',
  types: [predicateTypes.cycloneDx],
  title: 'CycloneDX bill of materials',
  source: 'https://cyclonedx.org/docs/latest/json/',
  checked:
    'format, version, metadata, components at any depth, services and dependencies; not the insides of licences, model cards and vulnerabilities',
  schema,
  say: ({ specVersion, components = [], metadata }) => {
    const models = [...(metadata?.component === undefined ? [] : [metadata.component]), ...components].filter(
      ({ type }) => type === 'machine-learning-model',
    );
    const named = models.length === 0 ? '' : `, ${count(models.length, 'model')} among them`;
    return { summary: `CycloneDX ${specVersion}: ${count(components.length, 'component')}${named}` };
  },
});
