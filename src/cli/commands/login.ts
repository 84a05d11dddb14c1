import { WaybillError } from '../../base/errors.ts';
import { credentialFiles, credentialsFrom } from '../../oci/registry/credentials.ts';
import { checkLogin } from '../../oci/registry/ping.ts';
import { rememberCredential } from '../../oci/registry/remember.ts';
import { askLine, LOGIN_HINT, readSecret } from '../ask.ts';
import { defineCommand } from '../command.ts';
import { credentialFile } from '../folders.ts';
import type { Output } from '../outputs/login.ts';
import { networkOf, networkOptions } from '../registry.ts';

export const login = defineCommand<Output>({
  name: 'login',
  summary: 'Remember a user name and password for a registry, once it has accepted them',
  description: [
    'What docker and podman remember is used without a login. The password is asked for, or read from standard input with --password-stdin; it is never an argument, which others on the machine could see. It is kept in a file that only you can read.',
  ],
  arguments: [{ name: 'HOST', description: 'the registry, with its port if it has one' }],
  options: {
    username: { value: 'NAME', description: 'User name (default: asked for)' },
    'token-service': {
      value: 'HOST',
      description: 'Host of another domain to which the registry may have the password sent for its tokens',
    },
    'password-stdin': { description: 'Read the password, or a token, from standard input' },
    ...networkOptions,
  },
  examples: [
    { command: 'waybill login registry.example --username ada', comment: 'asks for the password' },
    { command: 'waybill login registry.example --username ci --password-stdin < token.txt', comment: 'in a script' },
  ],
  output: async () => (await import('../outputs/login.ts')).output,
  async run(context, input) {
    const [host = ''] = input.positionals;
    const service = input.text('token-service');
    const others = service === undefined ? [] : [service];
    for (const one of [host, ...others])
      if (!/^[A-Za-z0-9.[\]:-]+$/.test(one))
        throw new WaybillError('NAME_INVALID', `Cannot log in to ${JSON.stringify(one)}: it is no host name`);
    const username = input.text('username') ?? (await askLine('User name: '));
    const password = await readSecret(input, { question: 'Password: ', hint: LOGIN_HINT });
    await checkLogin([host, ...others], { username, password }, networkOf(context));
    const file = credentialFile(context.environment);
    rememberCredential(file, host, { username, password });
    // That it is known is enough; what is remembered for it as a registry of its own stays.
    const known = credentialsFrom(credentialFiles(context.environment));
    for (const other of others)
      if ((await known.find(other)) === undefined) rememberCredential(file, other, { username, password });
    return { host, username, file };
  },
  print: ({ host, username, file }, paint) =>
    `${paint.good('logged in')} to ${paint.bold(host)} as ${username}\n  remembered in ${file}`,
});
