import { credentialFiles, credentialsFrom } from '../../oci/registry/credentials.ts';
import { forgetCredential } from '../../oci/registry/remember.ts';
import { defineCommand } from '../command.ts';
import { credentialFile } from '../folders.ts';
import type { Output } from '../outputs/logout.ts';

export const logout = defineCommand<Output>({
  name: 'logout',
  summary: 'Forget the user name and password for a registry',
  description: ['Only what waybill login remembered is removed; what docker or podman remember stays, and is said.'],
  arguments: [{ name: 'HOST', description: 'the registry, with its port if it has one' }],
  options: {},
  examples: [
    { command: 'waybill logout registry.example', comment: 'one registry' },
    { command: 'waybill logout localhost:5000', comment: 'one on this machine' },
  ],
  output: async () => (await import('../outputs/logout.ts')).output,
  async run(context, input) {
    const [host = ''] = input.positionals;
    const removed = forgetCredential(credentialFile(context.environment), host);
    const othersKnow = (await credentialsFrom(credentialFiles(context.environment)).find(host)) !== undefined;
    return { host, removed, othersKnow };
  },
  print: ({ host, removed, othersKnow }, paint) => {
    const first = removed ? `${paint.good('logged out')} of ${paint.bold(host)}` : `nothing was remembered for ${host}`;
    return othersKnow ? `${first}\n  docker or podman still remember a password for it` : first;
  },
});
