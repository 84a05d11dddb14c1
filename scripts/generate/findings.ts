/**
 * What every finding means. Kept by hand, because the meaning is for people; test/docs.test.ts
 * holds it to the rules that src/ uses.
 */

export interface FindingRule {
  readonly id: string;
  readonly level: 'note' | 'warning' | 'error' | 'error or warning';
  readonly meaning: string;
  readonly remedy: string;
}

export interface FindingGroup {
  readonly title: string;
  readonly rules: readonly FindingRule[];
}

const again = 'Get the package again from its source; do not use this one.';
const packer = 'Report it to whoever packed it, or to the makers of the tool that did.';

export const findingGroups: readonly FindingGroup[] = [
  {
    title: 'While packing',
    rules: [
      {
        id: 'windows-name',
        level: 'warning',
        meaning: 'Windows cannot store a file of this name.',
        remedy: 'Rename it if the package must unpack on Windows.',
      },
      {
        id: 'named-not-packed',
        level: 'warning',
        meaning: '`waybill.yaml` names the file in a section, but no component packs it.',
        remedy: 'Add it to a component, or take it out of the section.',
      },
      {
        id: 'example-not-read',
        level: 'note',
        meaning: 'A file of `interface.examples` is too large to be held to the interface.',
        remedy: 'Use a smaller example, if it is to be checked.',
      },
      {
        id: 'newer-key',
        level: 'note',
        meaning: 'A key of `waybill.yaml` is newer than the version that the file states.',
        remedy: 'State the newer version: `waybill upgrade` does it.',
      },
      {
        id: 'deprecated-key',
        level: 'warning',
        meaning: '`waybill.yaml` says something that the next major version will not read.',
        remedy: '`waybill upgrade` takes it away; what to write in its place stands in the message.',
      },
      {
        id: 'newer-file-version',
        level: 'warning',
        meaning: '`waybill.yaml` is of a newer minor version and has keys that this Waybill does not know.',
        remedy: 'Install a newer Waybill, or check that the keys do not matter to you.',
      },
    ],
  },
  {
    title: 'In the model files',
    rules: [
      {
        id: 'model-unreadable',
        level: 'warning',
        meaning:
          'A file is named or begins as a model file of a format that Waybill reads, and is not what the specification of that format says; the message has the reason. What it holds is not known.',
        remedy: 'Get or write the file again. Where `model.format` states that it is of its format, `pack` refuses it.',
      },
      {
        id: 'model-facts',
        level: 'warning',
        meaning:
          '`waybill.yaml` states something of the model that its files do not say. `pack` refuses such a package; this one was packed by something else.',
        remedy: packer,
      },
      {
        id: 'model-index',
        level: 'warning',
        meaning: 'The index of the shards states another total size than the shards have.',
        remedy: 'Most programs do not look at it; write the index again if yours does.',
      },
    ],
  },
  {
    title: 'Of a model and what it was made from',
    rules: [
      {
        id: 'base-missing',
        level: 'note',
        meaning: 'A base model is pinned by its digest, and neither the store of the package nor the local one has it.',
        remedy: '`waybill pull` it, if the two are to be compared.',
      },
      {
        id: 'base-unpinned',
        level: 'note',
        meaning: 'A base model is named without a digest: what the name leads to may change.',
        remedy: 'Add its digest under `model.baseModels`.',
      },
      {
        id: 'base-licence',
        level: 'warning',
        meaning:
          'The weights of the base have a licence whose terms go with what is made of it, and the model states another one or none.',
        remedy: 'Read the licence of the base; state what holds for this model under `licenses.weights`.',
      },
      {
        id: 'base-layout',
        level: 'warning',
        meaning: 'The model is stated as a fine-tune of its base, and has other tensors.',
        remedy: 'Correct `relation`, or the digest of the base.',
      },
    ],
  },
  {
    title: 'In a package',
    rules: [
      {
        id: 'interface-contradiction',
        level: 'warning',
        meaning:
          'The interface in `waybill.yaml` of a package contradicts itself; `pack` refuses it, older packers did not.',
        remedy: 'Ask whoever made the package what is meant; pack it again.',
      },
      {
        id: 'manifest',
        level: 'error',
        meaning: 'The manifest or the configuration is damaged, or is not what the OCI specification says.',
        remedy: again,
      },
      {
        id: 'layer-digest',
        level: 'error',
        meaning: 'The bytes of a layer are not what the manifest says, or a tar in it is unsafe or damaged.',
        remedy:
          'Do not use it. In your own store: pack it again with `--no-cache`, or remove the file of the blob and copy the package again.',
      },
      {
        id: 'layer-missing',
        level: 'error',
        meaning: 'The store does not hold content that the package names.',
        remedy: 'Copy the package again from a place that is whole.',
      },
      {
        id: 'sums',
        level: 'error',
        meaning: '`SHA256SUMS` of the package cannot be read as such a list.',
        remedy: packer,
      },
      {
        id: 'set-digest',
        level: 'error',
        meaning: 'The manifest states a set digest that is not the digest of `SHA256SUMS`, or there is no such file.',
        remedy: packer,
      },
      {
        id: 'path',
        level: 'error',
        meaning: 'A layer has no file name, or one that must never be written to a disk.',
        remedy: again,
      },
      {
        id: 'path-annotations',
        level: 'error',
        meaning: 'Two annotations of a layer name two files: different tools would restore different names.',
        remedy: packer,
      },
      { id: 'path-twice', level: 'error', meaning: 'A path stands in the package twice.', remedy: packer },
      {
        id: 'path-collision',
        level: 'error',
        meaning: 'Two names that differ only in case or in the form of their letters, or a file where a folder is.',
        remedy: 'Rename one and pack again.',
      },
      {
        id: 'layer-type',
        level: 'error',
        meaning: 'A layer has a media type that ModelPack does not define.',
        remedy: packer,
      },
      {
        id: 'config-type',
        level: 'error',
        meaning: 'The configuration has another media type than ModelPack says.',
        remedy: packer,
      },
      {
        id: 'config-schema',
        level: 'error',
        meaning: 'The configuration does not follow the schema of ModelPack.',
        remedy: packer,
      },
      {
        id: 'diff-ids',
        level: 'error',
        meaning: 'The configuration states digests of layers that are not theirs, or not as many as there are layers.',
        remedy: packer,
      },
      {
        id: 'file-metadata',
        level: 'error or warning',
        meaning: 'The file metadata of a layer cannot be read (error), or states another size than it has (warning).',
        remedy: packer,
      },
      {
        id: 'no-sums',
        level: 'note',
        meaning: 'The package has no `SHA256SUMS`: another tool packed it. Its layers were verified all the same.',
        remedy: 'Nothing; to get a list, unpack it and pack it with Waybill.',
      },
      {
        id: 'quirk-no-media-type',
        level: 'warning',
        meaning: 'The manifest does not state its own media type, as kit before 1.15 wrote it.',
        remedy: 'Nothing: it is known and harmless.',
      },
      {
        id: 'quirk-kit-diff-id',
        level: 'warning',
        meaning: 'A layer digest in the configuration is the digest of a digest, as kit before 1.15 wrote it.',
        remedy: 'Nothing: it is known and harmless.',
      },
    ],
  },
  {
    title: 'In a model file (`waybill inspect ./FILE`)',
    rules: [
      {
        id: 'model-extension',
        level: 'warning',
        meaning: 'The file is of another format than its name says.',
        remedy: 'Rename it; if it came so, ask where it comes from.',
      },
    ],
  },
  {
    title: 'In a folder, or between a package and its own list',
    rules: [
      { id: 'file-changed', level: 'error', meaning: 'A file has other bytes than the list says.', remedy: again },
      { id: 'file-missing', level: 'error', meaning: 'A file of the list is not there.', remedy: again },
      {
        id: 'file-extra',
        level: 'error',
        meaning: 'A file is there that the list does not name.',
        remedy: 'Take it away if you know where it comes from; otherwise unpack into a new folder.',
      },
      {
        id: 'file-kind',
        level: 'error',
        meaning: 'A link, device or other entry stands where only files can be.',
        remedy: 'Put the file itself in its place, or unpack again.',
      },
    ],
  },
  {
    title: 'In a store (`waybill verify --store`)',
    rules: [
      {
        id: 'blob-digest',
        level: 'error',
        meaning: 'The bytes of a blob are not what its name says: the disk is failing, or somebody edited it.',
        remedy:
          'Pack what needs it again with `--no-cache`, or remove the file of the blob and copy the package again. It is never handed out as it is.',
      },
      {
        id: 'blob-missing',
        level: 'error',
        meaning: 'A package needs a blob that the store does not hold.',
        remedy: 'Pack or copy that package again.',
      },
      {
        id: 'blob-size',
        level: 'error',
        meaning: 'A blob has another size than the package says that needs it.',
        remedy: 'Pack or copy that package again.',
      },
      {
        id: 'unreferenced',
        level: 'note',
        meaning: 'Blobs that no name reaches.',
        remedy: '`waybill prune` frees them.',
      },
    ],
  },
  {
    title: 'In a hub (`waybill hub fsck`)',
    rules: [
      {
        id: 'hub-blob-digest',
        level: 'error',
        meaning:
          'The bytes of a blob are not what its name says, or cannot be read: the disk is failing, or somebody edited it.',
        remedy: 'Bring its file back from a backup, or remove the file and push again what needs it.',
      },
      {
        id: 'hub-blob-missing',
        level: 'error',
        meaning: 'A manifest names a blob, or somebody pushed it, and its file is not there.',
        remedy: 'Bring its file back from a backup, or push again what needs it.',
      },
      {
        id: 'hub-blob-size',
        level: 'error or warning',
        meaning:
          'A blob has another size than its manifest or the database says (error), or an index that was pushed before it (warning).',
        remedy:
          'If the blob itself is whole and the database is wrong: `waybill hub reindex`. If the manifest is wrong, it was pushed so: push it anew.',
      },
      {
        id: 'hub-manifest',
        level: 'error',
        meaning: 'A manifest that a repository records is gone, damaged, or not what the specification says.',
        remedy: 'Bring its blob back from a backup, or push it again.',
      },
      {
        id: 'hub-tag',
        level: 'error',
        meaning: 'A tag points to a manifest that its repository does not have.',
        remedy: 'Push the manifest again, or delete the tag.',
      },
      {
        id: 'hub-index',
        level: 'error',
        meaning: 'The database and the files of repositories say two things about a manifest, a tag or a referrer.',
        remedy: '`waybill hub reindex`.',
      },
      {
        id: 'hub-database',
        level: 'error',
        meaning: 'SQLite finds its file damaged.',
        remedy: 'Bring `hub.sqlite` back from a backup, or move it away; then `waybill hub reindex`.',
      },
      {
        id: 'hub-stray',
        level: 'error or warning',
        meaning:
          'A file that the hub does not know lies in its folders (warning), or one of its small files cannot be read (error).',
        remedy: 'Take it away if you know where it comes from.',
      },
      {
        id: 'hub-not-ended',
        level: 'note',
        meaning: 'The hub was killed, or the machine lost power, while a request changed this repository.',
        remedy: 'Start the hub: it changes back what the request had begun.',
      },
      {
        id: 'hub-leftover',
        level: 'note',
        meaning: 'A file that was being written when the hub was killed.',
        remedy: 'Garbage collection takes it after its grace.',
      },
      {
        id: 'hub-upload',
        level: 'note',
        meaning: 'Uploads that are under way or were abandoned.',
        remedy: '`waybill hub gc` removes those of more than a day.',
      },
      {
        id: 'hub-garbage',
        level: 'note',
        meaning: 'Blobs that nothing names.',
        remedy: '`waybill hub gc` removes them after their grace.',
      },
    ],
  },
];
