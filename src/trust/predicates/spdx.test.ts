import { testPredicate } from '../../../test/contracts/predicate.ts';
import { spdx } from './spdx.ts';

const document = {
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'digits-1.2.0',
  dataLicense: 'CC0-1.0',
  documentNamespace: 'https://example.com/spdx/digits-1.2.0',
  creationInfo: { created: '2026-11-23T15:00:00Z', creators: ['Tool: example'] },
  packages: [{ SPDXID: 'SPDXRef-Package', name: 'digits', downloadLocation: 'NOASSERTION', checksums: [] }],
  files: [
    {
      SPDXID: 'SPDXRef-File',
      fileName: './model.onnx',
      checksums: [{ algorithm: 'SHA256', checksumValue: 'ab'.repeat(32) }],
    },
  ],
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relatedSpdxElement: 'SPDXRef-Package', relationshipType: 'DESCRIBES' },
  ],
};
const { packages: _, files: __, relationships: ___, ...bare } = document;

testPredicate(spdx, {
  good: [
    [document, { summary: 'SPDX-2.3 digits-1.2.0: 1 package, 1 file' }],
    [bare, { summary: 'SPDX-2.3 digits-1.2.0: 0 packages, 0 files' }],
  ],
  bad: [
    [['spdxVersion'], 'SPDX-3.0', 'from SPDX-2.0 to SPDX-2.3'],
    [['SPDXID'], 'SPDXRef-Other', 'SPDXRef-DOCUMENT'],
    [['documentNamespace'], undefined, 'expected text'],
    [['creationInfo', 'creators'], [], 'at least 1'],
    [['packages', 0, 'downloadLocation'], undefined, 'expected text'],
    [['packages', 0, 'SPDXID'], 'Package', 'an identifier'],
    [['files', 0, 'checksums'], [], 'at least 1'],
    [['files', 0, 'checksums', 0, 'checksumValue'], '-', 'a digest in hex'],
    [['relationships', 0, 'relationshipType'], undefined, 'expected text'],
  ],
});
