/**
 * The versions of waybill.yaml. A minor version adds keys; nothing that a file of the same major version says is ever
 * refused by a later one. docs/reference/waybill-file.md is made from this.
 */

/** The major version that this Waybill reads and writes. */
export const FILE_MAJOR = 1;

/** The version that it writes. A number, as YAML has it: minor versions end at 9. */
export const FILE_VERSION = 1.1;

/** Keys that the first version did not have, as the reference page writes them. */
export const keysSince: readonly { readonly version: number; readonly keys: readonly string[] }[] = [
  {
    version: 1.1,
    keys: [
      'environment.requires.accelerator.count',
      'environment.requires.diskMiB',
      'environment.requires.libc',
      'environment.requires.node',
      'interface.inputs[].required',
      'interface.inputs[].semantic',
      'interface.outputs[].semantic',
      'model.caveats',
      'model.chatTemplate',
      'model.contextLength',
      'model.layoutDigest',
      'model.tokenizer',
    ],
  },
];
