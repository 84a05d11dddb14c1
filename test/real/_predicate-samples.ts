/** A predicate of each kind that others check too, with as much in it as one has. */
import type { Json } from '../_support/mutate-json.ts';

const sha256 = 'ab'.repeat(32);

export const predicateSamples: Readonly<Record<string, Json>> = {
  provenance: {
    buildDefinition: {
      buildType: 'https://example.com/buildtypes/training/v1',
      externalParameters: { entrypoint: 'train.py', seed: 7, hyperparameters: { rate: 0.1, layers: [64, 10] } },
      internalParameters: { host: 'a' },
      resolvedDependencies: [
        { name: 'digits.csv', uri: 'https://example.com/digits.csv', digest: { sha256 }, mediaType: 'text/csv' },
        { uri: 'git+https://example.com/code', digest: { gitCommit: 'cd'.repeat(20) }, annotations: { by: 'ada' } },
      ],
    },
    runDetails: {
      builder: { id: 'https://example.com/trainer', version: { trainer: '1' }, builderDependencies: [{ name: 'x' }] },
      metadata: { invocationId: '7', startedOn: '2026-11-23T14:00:00Z', finishedOn: '2026-11-23T15:00:00Z' },
      byproducts: [{ name: 'log', downloadLocation: 'https://example.com/log' }],
    },
  },
  vsa: {
    verifier: { id: 'https://example.com/gate' },
    timeVerified: '2026-11-23T15:00:00Z',
    resourceUri: 'pkg:oci/digits',
    policy: { uri: 'https://example.com/policy', digest: { sha256 } },
    inputAttestations: [{ uri: 'https://example.com/a', digest: { sha256 } }],
    verificationResult: 'PASSED',
    verifiedLevels: ['SLSA_BUILD_LEVEL_1', 'GATE_STAGING'],
    dependencyLevels: { SLSA_BUILD_LEVEL_0: 3 },
    slsaVersion: '1.0',
  },
  'test-result': {
    result: 'PASSED',
    configuration: [{ name: 'tests/waybill.tests.yaml', digest: { sha256 } }],
    url: 'https://example.com/run/7',
    passedTests: ['seven', 'eight'],
    warnedTests: ['nine'],
    failedTests: [],
  },
  cyclonedx: {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
    version: 1,
    metadata: {
      timestamp: '2026-11-23T15:00:00Z',
      component: {
        type: 'machine-learning-model',
        name: 'digits',
        version: '1.2.0',
        'bom-ref': 'digits',
        modelCard: { modelParameters: { task: 'image-classification' } },
      },
    },
    components: [
      {
        type: 'file',
        name: 'weights/model.onnx',
        'bom-ref': 'weights',
        hashes: [{ alg: 'SHA-256', content: sha256 }],
        components: [{ type: 'data', name: 'digits.csv', 'bom-ref': 'data' }],
      },
      {
        type: 'library',
        name: 'numpy',
        version: '2.1.0',
        'bom-ref': 'numpy',
        purl: 'pkg:pypi/numpy@2.1.0',
        licenses: [{ license: { id: 'BSD-3-Clause' } }],
        externalReferences: [{ type: 'website', url: 'https://numpy.org' }],
      },
    ],
    services: [{ name: 'registry', 'bom-ref': 'registry' }],
    dependencies: [{ ref: 'digits', dependsOn: ['weights', 'numpy'] }, { ref: 'weights' }],
  },
  spdx: {
    spdxVersion: 'SPDX-2.3',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: 'digits-1.2.0',
    dataLicense: 'CC0-1.0',
    documentNamespace: 'https://example.com/spdx/digits-1.2.0',
    creationInfo: { created: '2026-11-23T15:00:00Z', creators: ['Tool: example-1.0'], licenseListVersion: '3.21' },
    packages: [
      {
        SPDXID: 'SPDXRef-Package',
        name: 'digits',
        versionInfo: '1.2.0',
        downloadLocation: 'NOASSERTION',
        filesAnalyzed: false,
        licenseConcluded: 'Apache-2.0',
        licenseDeclared: 'Apache-2.0',
        copyrightText: 'NOASSERTION',
        checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }],
      },
    ],
    files: [
      {
        SPDXID: 'SPDXRef-File',
        fileName: './model.onnx',
        licenseConcluded: 'NOASSERTION',
        copyrightText: 'NOASSERTION',
        checksums: [
          { algorithm: 'SHA1', checksumValue: 'cd'.repeat(20) },
          { algorithm: 'SHA256', checksumValue: sha256 },
        ],
      },
    ],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relatedSpdxElement: 'SPDXRef-Package', relationshipType: 'DESCRIBES' },
    ],
  },
  spdx3: {
    '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
    '@graph': [
      {
        type: 'CreationInfo',
        '@id': '_:creation',
        specVersion: '3.0.1',
        created: '2026-11-23T15:00:00Z',
        createdBy: ['https://example.com/ada'],
      },
      { type: 'Person', spdxId: 'https://example.com/ada', name: 'Ada', creationInfo: '_:creation' },
      {
        type: 'SpdxDocument',
        spdxId: 'https://example.com/document',
        creationInfo: '_:creation',
        rootElement: ['https://example.com/digits'],
      },
      {
        type: 'ai_AIPackage',
        spdxId: 'https://example.com/digits',
        name: 'digits',
        creationInfo: '_:creation',
        software_packageVersion: '1.2.0',
        verifiedUsing: [{ type: 'Hash', algorithm: 'sha256', hashValue: sha256 }],
      },
    ],
  },
};
