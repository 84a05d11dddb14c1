/**
 * What every finding means. Kept by hand, because the meaning is for people; test/docs.test.ts
 * holds it to the rules that src/ uses.
 */

import { type ConformanceRule, conformanceRules } from '../../src/model/conformance/rules.ts';
import { type Quirk, quirks } from '../../src/model/dialect-parts/quirks.ts';
import { trustFindings } from './trust-findings.ts';

export interface FindingRule {
  readonly id: string;
  readonly level: 'note' | 'warning' | 'error' | 'error or warning' | 'error or note' | 'error, warning or note';
  readonly meaning: string;
  readonly remedy: string;
}

export interface FindingGroup {
  readonly title: string;
  readonly rules: readonly FindingRule[];
}

const again = 'Get the package again from its source; do not use this one.';
const fits = 'Put the configuration beside the weights that belongs to them; see [architecture](architecture.md).';
const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
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
        id: 'secret-name',
        level: 'warning',
        meaning: 'By its name the file may hold passwords, tokens or keys (`.env`, `*.pem`, `.netrc`).',
        remedy:
          'Keep it outside of the folder, or take it out of the components; if it was pushed, replace what it holds.',
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
        id: 'model-skipped',
        level: 'note',
        meaning: 'There are more files of weights than are looked at: what the others hold is not known.',
        remedy: 'None is needed; arrays in such numbers are seldom models.',
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
    title: 'In a lock of Python packages',
    rules: [
      {
        id: 'lock-line',
        level: 'warning',
        meaning: 'A line or a part of a lock is not understood, so what it asks for is not known.',
        remedy: 'Write it as its specification says; for what depends on the machine, write a lock without that.',
      },
      {
        id: 'lock-include',
        level: 'warning',
        meaning: 'A requirements file includes one that is not in the package, or that includes it in turn.',
        remedy: 'Pack that file too, or take the line out.',
      },
    ],
  },
  {
    title: 'On a machine',
    rules: [
      {
        id: 'compat-os',
        level: 'error, warning or note',
        meaning: 'The operating system is one of those that the package runs on.',
        remedy: 'Choose a machine with one of them.',
      },
      {
        id: 'compat-architecture',
        level: 'error, warning or note',
        meaning: 'The processor architecture is one of those that the package runs on.',
        remedy: 'Choose a machine with one of them.',
      },
      {
        id: 'compat-libc',
        level: 'error, warning or note',
        meaning: 'The C library of the system is one that native code of the package was built for.',
        remedy: 'Choose another system, or an image that brings it.',
      },
      {
        id: 'compat-cpu',
        level: 'error, warning or note',
        meaning: 'The processor has all the features that the package needs.',
        remedy: 'Choose another machine, or build for a processor without them.',
      },
      {
        id: 'compat-accelerator',
        level: 'error, warning or note',
        meaning:
          'There are as many accelerators as the package needs, with the memory, the driver and the compute capability that it needs.',
        remedy: 'Choose another machine, or install the driver.',
      },
      {
        id: 'compat-memory',
        level: 'error, warning or note',
        meaning: 'There is as much memory as the package says it needs, and as its weights take at least.',
        remedy:
          'Choose another machine, raise the limit of the container, or choose smaller weights. Where it cannot be told: measure, and state `environment.requires.memoryMiB`.',
      },
      {
        id: 'compat-base',
        level: 'warning',
        meaning:
          'The package is an adapter, and the base that it is loaded on top of is in none of the stores at hand.',
        remedy: '`waybill pull` the base, and ask again.',
      },
      {
        id: 'compat-disk',
        level: 'error, warning or note',
        meaning: 'There is as much free room as the package says it needs, and as its files take.',
        remedy: 'Free some room.',
      },
      {
        id: 'compat-image',
        level: 'error, warning or note',
        meaning: 'There is something that runs containers, for the base image of the package.',
        remedy: 'Install podman or docker.',
      },
      {
        id: 'compat-python',
        level: 'error, warning or note',
        meaning: 'The version of Python is in the range that the package needs.',
        remedy: 'Install that Python, or name another with `--python`.',
      },
      {
        id: 'compat-node',
        level: 'error, warning or note',
        meaning: 'The version of Node is in the range that the package needs.',
        remedy: 'Install that Node.',
      },
      {
        id: 'compat-format',
        level: 'error, warning or note',
        meaning: 'The library that loads the weights knows their format, and has no known hole in loading it.',
        remedy: 'Require and lock a version that the message names.',
      },
      {
        id: 'compat-library',
        level: 'error, warning or note',
        meaning: 'A Python library is installed in the range that the package needs.',
        remedy: 'Install it as the message says.',
      },
      {
        id: 'compat-lock',
        level: 'error, warning or note',
        meaning: 'What a lock pins is what is installed, and the lock is for this Python.',
        remedy: 'Install what the lock says, as the message says.',
      },
      {
        id: 'compat-unstated',
        level: 'error, warning or note',
        meaning: 'The package says nothing of where it runs, so nothing can be compared.',
        remedy: 'State `environment.requires` in `waybill.yaml`.',
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
        meaning: 'A layer has a media type that the dialect of the package does not define.',
        remedy: packer,
      },
      {
        id: 'config-type',
        level: 'error',
        meaning: 'The configuration has another media type than the dialect of the package says.',
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
        id: 'kitfile-layer',
        level: 'error',
        meaning: 'The Kitfile says that a file is in a layer that the manifest does not name.',
        remedy: packer,
      },
      {
        id: 'kitfile-remote',
        level: 'warning',
        meaning: 'The Kitfile refers to a model or a dataset that is somewhere else: it is not in this package.',
        remedy: 'Get it with kit, or from where it is, and pack it too.',
      },
    ],
  },
  {
    title: "Quirks of other tools' packages",
    rules: Object.values(quirks).map(
      ({ rule, writers, until, seen }: Quirk): FindingRule => ({
        id: rule,
        level: 'warning',
        meaning: `${capital(seen)}: written by ${writers}; ${/^not /.test(until) ? until : `mended in ${until}`}.`,
        remedy: 'Nothing: it is known and harmless.',
      }),
    ),
  },
  {
    title: 'Against the specification of ModelPack (`waybill conformance`)',
    rules: Object.entries(conformanceRules).map(
      ([id, { level, says, section }]: [string, ConformanceRule]): FindingRule => ({
        id,
        level,
        meaning: `Not so: ${says} (${section})`,
        remedy: 'Report it to the makers of the tool that wrote the artifact.',
      }),
    ),
  },
  {
    title: 'When a package is converted',
    rules: [
      {
        id: 'convert-unlisted',
        level: 'warning',
        meaning:
          'No component of the `waybill.yaml` in the package names the file: the result is without it, as `pack` would leave it out.',
        remedy: 'Unpack, name it in a component, and pack.',
      },
      {
        id: 'convert-kit-name',
        level: 'warning',
        meaning: 'kit refuses names with two dots side by side when it unpacks.',
        remedy: 'Rename the file if people unpack with kit.',
      },
      {
        id: 'convert-kit-kitfile',
        level: 'warning',
        meaning: 'A file of the package is called `Kitfile`, which kit writes itself when it unpacks.',
        remedy: 'Rename it, or unpack with `kit unpack -o`.',
      },
      {
        id: 'convert-docker-weights',
        level: 'warning',
        meaning: 'The package has no GGUF, safetensors or DDUF file, which is what Docker Model Runner can run.',
        remedy: 'Export the model in one of these formats.',
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
      {
        id: 'model-unread-bytes',
        level: 'note',
        meaning:
          'Some bytes of the file belong to nothing that is read. In TFLite models most are settings of operators, whose tables are of many kinds.',
        remedy: 'Nothing, if you trust where the file comes from: they are no tensors.',
      },
      {
        id: 'model-custom-operators',
        level: 'note',
        meaning:
          'The model uses operators that are no part of its format: somebody has to add their code to whatever runs it.',
        remedy: 'Ask for the library that has them, or for a model without them.',
      },
      {
        id: 'model-config-value',
        level: 'warning',
        meaning: 'A key of a configuration beside the weights, as `config.json`, has a value of another type.',
        remedy: 'Correct it; programs that read it fail or take something else.',
      },
    ],
  },
  {
    title: 'Between weights, configuration and tokenizer',
    rules: [
      {
        id: 'model-layer',
        level: 'error',
        meaning: 'A layer that the configuration counts has no tensors, or there is one that it does not count.',
        remedy: fits,
      },
      {
        id: 'model-tensor-missing',
        level: 'error',
        meaning: 'A layer lacks a tensor that the other layers have.',
        remedy: 'Get the weights again: they are not whole.',
      },
      {
        id: 'model-embedding',
        level: 'error',
        meaning: 'The embedding has other rows or columns than vocabulary and hidden size make.',
        remedy: fits,
      },
      {
        id: 'model-tokenizer',
        level: 'error or note',
        meaning:
          'The tokenizer has tokens without a row in the embedding (error), or only among those that were added, as published models have them (note).',
        remedy: 'Use the tokenizer that belongs to the weights, or resize the embedding.',
      },
      { id: 'model-norm', level: 'error', meaning: 'A norm is not as wide as the hidden size.', remedy: fits },
      {
        id: 'model-attention',
        level: 'error',
        meaning: 'A projection of attention has another shape than heads, head size and hidden size make.',
        remedy: fits,
      },
      {
        id: 'model-feed-forward',
        level: 'error',
        meaning: 'A feed-forward block has another shape than hidden size and intermediate size make.',
        remedy: fits,
      },
      {
        id: 'model-experts',
        level: 'error',
        meaning: 'A layer has another number of experts than the configuration says, or experts of another size.',
        remedy: fits,
      },
      {
        id: 'model-head',
        level: 'error',
        meaning: 'The output layer is missing, though it is not tied to the embedding, or has another shape.',
        remedy: fits,
      },
      {
        id: 'model-quantisation',
        level: 'error',
        meaning: 'Scales or zero points of a packed weight are missing or of another shape.',
        remedy: 'Quantise the model again, or correct `quantization_config`.',
      },
      {
        id: 'model-parameters',
        level: 'error',
        meaning: 'Embedding and layers have another number of parameters than the sizes make.',
        remedy: fits,
      },
      {
        id: 'adapter-base',
        level: 'error',
        meaning: 'An adapter is for a module that the base does not have, or that has another shape there.',
        remedy: 'Name the base that the adapter was trained on.',
      },
      {
        id: 'adapter-rank',
        level: 'error',
        meaning:
          'The two matrices of an adapter have different ranks, or another than `adapter_config.json` says, or one is missing.',
        remedy: 'Save the adapter again.',
      },
      {
        id: 'adapter-target',
        level: 'warning',
        meaning: '`target_modules` of an adapter names a module that the base does not have.',
        remedy: 'Correct the name: programs that load the adapter may refuse it.',
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
        id: 'signature-beside',
        level: 'note',
        meaning: 'A model signature lies beside the files, outside their list.',
        remedy: 'Hold the folder to it: `waybill verify DIR --signature DIR/model.sig --key FILE`.',
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
    title: 'In a folder with a model signature',
    rules: [
      {
        id: 'signature-wrong',
        level: 'error',
        meaning: 'The signature is not of the key that was given, or of another statement. No file was looked at.',
        remedy: 'Ask the signer for the public key; do not use the files before it fits.',
      },
      {
        id: 'signature-malformed',
        level: 'error',
        meaning: 'The file is no model signature, or one that two readers could understand in two ways.',
        remedy: 'Get the signature again from its source; tell the signer what the message says.',
      },
      {
        id: 'certificate-refused',
        level: 'error',
        meaning: 'The certificates in the signature do not lead from the expected signer to one of the given roots.',
        remedy: 'Check the roots and the identity that you gave against what the signer has announced.',
      },
      {
        id: 'path-ignored',
        level: 'warning',
        meaning: 'The signer left this path out of the signature: whatever lies there is not covered.',
        remedy: 'Take away what lies there, unless you trust it for another reason.',
      },
      {
        id: 'file-unsigned',
        level: 'warning',
        meaning: 'A file lies where the signer left something out.',
        remedy: 'Take it away, unless you trust it for another reason.',
      },
      {
        id: 'links-followed',
        level: 'warning',
        meaning: 'The signer followed symbolic links; folders are verified without, so a link in one is an error.',
        remedy: 'Put the files themselves in the places of the links.',
      },
      {
        id: 'modes-unsigned',
        level: 'note',
        meaning: 'Whether a file is executable is not part of model signatures.',
        remedy: 'Verify the package: its manifest covers it.',
      },
    ],
  },
  trustFindings,
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
  {
    title: 'In a transparency log (`waybill log`)',
    rules: [
      {
        id: 'log-entry-differs',
        level: 'error',
        meaning: 'An entry is not the one whose hash stands in the tree: one of both was changed after it was logged.',
        remedy:
          'Without `log-root-differs` the entry was changed. Ask whoever keeps the log, and show him the finding.',
      },
      {
        id: 'log-tile-differs',
        level: 'error',
        meaning: 'A hash of a tile is not the root of what lies below it.',
        remedy: 'Bring the tile back from a mirror; it can be made again from the entries.',
      },
      {
        id: 'log-root-differs',
        level: 'error',
        meaning: 'The entries and tiles do not lead to the root that the log has signed.',
        remedy: 'Do not believe this copy. Compare its checkpoint with that of others: `waybill log compare`.',
      },
      {
        id: 'log-unreadable',
        level: 'error',
        meaning: 'A tile or a bundle of entries is missing or malformed.',
        remedy: 'Bring it back from a mirror.',
      },
      {
        id: 'log-not-believed',
        level: 'error',
        meaning:
          'A proof does not hold: malformed, not signed by the log, of another entry, or against what was seen before.',
        remedy: 'Ask for a new proof; keep this one if the log has signed it.',
      },
      {
        id: 'log-split-view',
        level: 'error',
        meaning: 'The log has signed two checkpoints that cannot both be true.',
        remedy: 'Keep both: together they prove it. Believe nothing more that this log signs.',
      },
      {
        id: 'log-not-verified',
        level: 'warning',
        meaning: 'Whose log it is was not asked: no key was named.',
        remedy: 'Name it with `--vkey`.',
      },
    ],
  },
];
