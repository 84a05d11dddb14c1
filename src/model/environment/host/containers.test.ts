import { expect, test } from 'vitest';
import { recordedHost } from '../../../../test/_support/recorded-host.ts';
import { containerFacts } from './containers.ts';

test('containerFacts() takes the version that each says', async () => {
  const programs = {
    'docker --version': 'Docker version 27.3.1, build ce12230\n',
    'podman --version': 'podman version 5.2.3\n',
    'containerd --version':
      'containerd github.com/containerd/containerd/v2 v2.0.1 88aa2f531d6c2922003cc7929e51daf1c14caa0a\n',
    'nerdctl --version': 'nerdctl version 2.0.2\n',
    'crio --version': 'crio version 1.31.2\nVersion:        1.31.2\n',
  };
  expect(await containerFacts(recordedHost({ programs }))).toEqual({
    containers: { docker: '27.3.1', podman: '5.2.3', containerd: '2.0.1', nerdctl: '2.0.2', 'cri-o': '1.31.2' },
  });
});

test('containerFacts() is not taken in by podman under the name of docker, nor by garbage', async () => {
  const programs = {
    'docker --version': { stdout: 'podman version 4.3.1\n', stderr: 'Emulate Docker CLI using podman.\n' },
    'podman --version': { status: 125, stdout: 'podman version 1.0' },
    'nerdctl --version': '\0\ufffd'.repeat(10_000),
  };
  expect(await containerFacts(recordedHost({ programs }))).toEqual({ containers: {} });
});
