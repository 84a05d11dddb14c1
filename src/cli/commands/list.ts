import { existsSync } from 'node:fs';
import { shortDigest } from '../../oci/digest.ts';
import { MAX_MANIFEST_SIZE, parseManifest } from '../../oci/manifest.ts';
import { readContent } from '../../oci/verified.ts';
import { defineCommand } from '../command.ts';
import { openLocalStore } from '../locate.ts';
import type { Output } from '../outputs/list.ts';
import { safeText } from '../print/safe-text.ts';
import { formatTable } from '../print/table.ts';
import { formatSize } from '../print/units.ts';

export const list = defineCommand<Output>({
  name: 'list',
  summary: 'List the packages in the local store',
  description: ['Names are shown with the digest they point to; one digest may have several names.'],
  arguments: [{ name: 'NAME', description: 'only names that begin like this', isOptional: true }],
  options: {},
  examples: [
    { command: 'waybill list', comment: 'all of them' },
    { command: 'waybill list acme/digits', comment: 'the versions of one package' },
  ],
  output: async () => (await import('../outputs/list.ts')).output,
  async run(context, input) {
    const { storeFolder } = context;
    if (!existsSync(storeFolder)) return { store: storeFolder, artifacts: [] };
    await using store = await openLocalStore(context, 'read');
    const prefix = input.positionals[0] ?? '';
    const artifacts = [];
    for (const { name, target } of await store.tags()) {
      if (!name.startsWith(prefix)) continue;
      const manifest = parseManifest(
        await readContent(store, target, MAX_MANIFEST_SIZE, `manifest of ${name}`),
        target.mediaType,
      );
      const layers = manifest.kind === 'manifest' ? manifest.layers : manifest.manifests;
      artifacts.push({
        reference: name,
        digest: target.digest,
        ...(manifest.artifactType === undefined ? {} : { artifactType: manifest.artifactType }),
        size: layers.reduce((sum, { size }) => sum + size, 0),
        files: layers.length,
      });
    }
    return { store: storeFolder, artifacts: artifacts.sort((a, b) => (a.reference < b.reference ? -1 : 1)) };
  },
  print({ store, artifacts }, paint) {
    if (artifacts.length === 0) return paint.dim(`no packages in ${store}`);
    const rows = artifacts.map(({ reference, digest, size, files }) => [
      safeText(reference),
      shortDigest(digest),
      formatSize(size),
      String(files),
    ]);
    return formatTable(
      [
        { title: 'REFERENCE' },
        { title: 'DIGEST' },
        { title: 'SIZE', align: 'right' },
        { title: 'LAYERS', align: 'right' },
      ],
      rows,
    );
  },
});
