/** SPDX document, version 2, in JSON. */
import { z } from 'zod';
import { count, definePredicate } from '../predicate/define.ts';
import { someText, text, timestamp, uri } from '../predicate/shapes.ts';
import { predicateTypes } from '../predicate-types.ts';

const elementId = z.string().regex(/^SPDXRef-[A-Za-z0-9.-]+$/, 'an identifier, like SPDXRef-Package');
const checksum = z.looseObject({
  algorithm: someText,
  checksumValue: z.string().regex(/^[0-9a-fA-F]+$/, 'a digest in hex'),
});

const schema = z.looseObject({
  spdxVersion: z.string().regex(/^SPDX-2\.[0-3]$/, 'a version from SPDX-2.0 to SPDX-2.3'),
  SPDXID: z.literal('SPDXRef-DOCUMENT'),
  name: text,
  dataLicense: z.literal('CC0-1.0'),
  documentNamespace: uri,
  creationInfo: z.looseObject({ created: timestamp, creators: z.array(someText).min(1) }),
  packages: z
    .array(
      z.looseObject({
        SPDXID: elementId,
        name: text,
        downloadLocation: someText,
        checksums: z.array(checksum).optional(),
      }),
    )
    .optional(),
  files: z.array(z.looseObject({ SPDXID: elementId, fileName: text, checksums: z.array(checksum).min(1) })).optional(),
  relationships: z
    .array(z.looseObject({ spdxElementId: someText, relatedSpdxElement: someText, relationshipType: someText }))
    .optional(),
});

export const spdx = definePredicate({
  id: 'spdx',
  types: [predicateTypes.spdx2, `${predicateTypes.spdx2}/v2.3`],
  title: 'SPDX document 2',
  source: 'https://spdx.github.io/spdx-spec/v2.3/',
  checked: 'the document, its packages, files and relationships; not licence expressions',
  schema,
  say: ({ spdxVersion, name, packages = [], files = [] }) => ({
    summary: `${spdxVersion} ${name}: ${count(packages.length, 'package')}, ${count(files.length, 'file')}`,
  }),
});
