/** docs/reference/target-file.md: every key of a target file, and one complete example. */
import fs from 'node:fs';
import { TARGET_SCHEMA_URL, targetSchema } from '../../src/model/environment/target/schema.ts';
import { keyTables } from './key-tables.ts';
import { fence, generatedFrom, page } from './markdown.ts';

const EXAMPLE = new URL('./target-example.yaml', import.meta.url);

export function targetFilePage(): string {
  return page(
    generatedFrom('src/model/environment/target/'),
    '# Target file',
    `What is known of a machine that a model is to run on. \`waybill host\` prints one for the machine it runs on, \`waybill host --node\` one for a node of a Kubernetes cluster; \`waybill compat --target\` compares a package with it. Its JSON Schema is [target-1.schema.json](../../schemas/target-1.schema.json) (\`${TARGET_SCHEMA_URL}\`).`,
    'A key that is not there is a fact that is not known: what a package requires of it cannot be told. What is known to be absent is written down: `accelerators: []`, `containers: {}`, `python: null`, `node: null`. You may change the file, for machines that you plan or cannot log in to; a key that is not below is an error with its line and column, keys that begin with `x-` are yours.',
    '## Example',
    fence('yaml', fs.readFileSync(EXAMPLE, 'utf8').trimEnd()),
    '## Keys',
    ...keyTables(targetSchema()),
    '## Where the facts come from',
    'On Linux: `/proc`, `/sys`, cgroup version 1 and 2, `/etc/os-release`, `getconf` and `ldd`. On macOS: `sysctl` and `sw_vers`. GPUs: `nvidia-smi`, `amd-smi`, and `rocm-smi` where that is older; that there are none is only said where neither the bus nor the kernel has any. Containers: what `docker`, `podman`, `containerd`, `nerdctl` and `crio` say of their version. Python is started once, without its site-packages, to say its version and where it looks; what is installed there is read from its metadata, and nothing of it runs.',
    'The readers of GPU tools, of macOS and of Kubernetes nodes are tested on recorded output, not on such machines.',
  );
}
