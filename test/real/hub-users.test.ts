/** Other people's clients log in to our hub: with a password and with an access token, over TLS too. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openCli, type PackedJson, type VerifiedJson } from './_cli.ts';
import { type Served, useHub } from './_hub.ts';
import { rawFiles, rawWaybillFile, writePackage } from './_packages.ts';
import { attempt, run, temporaryFolder } from './_run.ts';
import { commandOf } from './_tools.ts';

const place = temporaryFolder();
const inPlace = (name: string) => path.join(place, name);
const cli = openCli(place);
const PASSWORD = 'correct horse battery';
const data = inPlace('hub');
const certificate = inPlace('tls.crt');
let token: string;

function addUsers(): void {
  const add = (name: string, ...words: string[]) =>
    cli.input(`${PASSWORD}\n`).run('hub', 'user', 'add', name, '--data', data, '--password-stdin', ...words);
  add('ada', '--role', 'writer', '--on', 'acme/**');
  add('bob', '--role', 'reader');
  const words = ['--data', data, '--allow', 'pull', '--days', '1'];
  token = cli.json<{ secret: string }>('hub', 'token', 'create', 'ada', ...words).secret;
}

function makeCertificate(): void {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  const files = ['-keyout', inPlace('tls.key'), '-out', certificate];
  run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files]);
  fs.writeFileSync(inPlace('hub.yaml'), 'hub: 1\ntls: { certificate: tls.crt, key: tls.key }\n');
}

const plain = useHub(place, { before: addUsers });

beforeAll(() => {
  writePackage(inPlace('model'), rawFiles, rawWaybillFile);
  cli.json<PackedJson>('pack', inPlace('model'));
  fs.writeFileSync(inPlace('note.txt'), 'a note\n');
});

/** A folder for what a client remembers. */
function homeOf(name: string): string {
  const home = inPlace(`home-${name}`);
  fs.mkdirSync(home, { recursive: true });
  return home;
}

describe('over plain HTTP on this machine', () => {
  const at = (name: string) => `${plain.host}/${name}`;

  test('waybill logs in, pushes and pulls; without a login it is told to', () => {
    const before = cli.attempt('push', 'acme/raw:1.0.0', at('acme/raw:1.0.0'));
    expect(before.status).toBe(2);
    expect(before.stderr).toContain(`waybill login ${plain.host}`);
    cli.input(PASSWORD).run('login', plain.host, '--username', 'ada', '--password-stdin');
    cli.run('push', 'acme/raw:1.0.0', at('acme/raw:1.0.0'));
    expect(cli.json<VerifiedJson>('verify', at('acme/raw:1.0.0')).verdict).toBe('pass');
    expect(cli.attempt('push', 'acme/raw:1.0.0', at('other/raw:1')).stderr).toContain('does not allow this');
    cli.run('logout', plain.host);
  });

  test('waybill with an access token reads, and writes nothing', () => {
    cli.input(token).run('login', plain.host, '--username', 'ada', '--password-stdin');
    expect(cli.json<VerifiedJson>('verify', at('acme/raw:1.0.0')).verdict).toBe('pass');
    expect(cli.attempt('push', 'acme/raw:1.0.0', at('acme/raw:2')).status).toBe(2);
    cli.run('logout', plain.host);
  });

  test('oras logs in and pushes; a reader only pulls', () => {
    const config = (name: string) => ['--registry-config', path.join(homeOf(`oras-${name}`), 'config.json')];
    const login = (name: string) =>
      run(commandOf('oras'), ['login', '--plain-http', '-u', name, '--password-stdin', ...config(name), plain.host], {
        input: PASSWORD,
      });
    const push = (name: string, where: string) =>
      attempt(commandOf('oras'), ['push', '--plain-http', ...config(name), at(where), 'note.txt'], { cwd: place });
    expect(push('nobody', 'acme/oras:1').status).not.toBe(0);
    login('ada');
    expect(push('ada', 'acme/oras:1')).toMatchObject({ status: 0 });
    expect(push('ada', 'other/oras:1').status).not.toBe(0);
    login('bob');
    expect(push('bob', 'acme/oras:2').status).not.toBe(0);
    const out = inPlace('by-oras');
    run(commandOf('oras'), ['pull', '--plain-http', ...config('bob'), at('acme/oras:1'), '-o', out]);
    expect(fs.readFileSync(path.join(out, 'note.txt'), 'utf8')).toBe('a note\n');
  });

  test('crane logs in, copies and lists; it cannot delete without the role', () => {
    const env = { DOCKER_CONFIG: homeOf('crane') };
    run(commandOf('crane'), ['auth', 'login', '--insecure', plain.host, '-u', 'ada', '-p', PASSWORD], { env });
    run(commandOf('crane'), ['copy', '--insecure', at('acme/raw:1.0.0'), at('acme/crane:1')], { env });
    expect(run(commandOf('crane'), ['ls', '--insecure', at('acme/crane')], { env }).stdout.trim()).toBe('1');
    expect(attempt(commandOf('crane'), ['delete', '--insecure', at('acme/crane:1')], { env }).status).not.toBe(0);
  });

  test('skopeo logs in with an access token and copies', () => {
    const auth = ['--authfile', path.join(homeOf('skopeo'), 'auth.json')];
    run('skopeo', ['login', '--tls-verify=false', ...auth, '-u', 'ada', '--password-stdin', plain.host], {
      input: token,
    });
    const out = `oci:${inPlace('by-skopeo')}:1`;
    const source = `docker://${at('acme/raw:1.0.0')}`;
    run('skopeo', ['copy', '--insecure-policy', '--src-tls-verify=false', ...auth, source, out]);
    expect(cli.json<VerifiedJson>('verify', out).verdict).toBe('pass');
  });

  test('regctl logs in and copies', () => {
    const env = { REGCTL_CONFIG: path.join(homeOf('regctl'), 'config.json') };
    run(commandOf('regctl'), ['registry', 'set', '--tls', 'disabled', plain.host, '--skip-check'], { env });
    run(commandOf('regctl'), ['registry', 'login', plain.host, '-u', 'ada', '--pass-stdin'], { env, input: PASSWORD });
    run(commandOf('regctl'), ['image', 'copy', at('acme/raw:1.0.0'), at('acme/regctl:1')], { env });
    expect(run(commandOf('regctl'), ['tag', 'ls', at('acme/regctl')], { env }).stdout.trim()).toBe('1');
  });

  test('podman logs in, pushes an image and pulls it', () => {
    const folder = homeOf('podman');
    const storage = ['--root', path.join(folder, 'root'), '--runroot', path.join(folder, 'run')];
    const podman = [...storage, '--storage-driver', 'vfs'];
    const auth = ['--tls-verify=false', '--authfile', path.join(folder, 'auth.json')];
    run('podman', [...podman, 'login', ...auth, '-u', 'ada', '--password-stdin', plain.host], { input: PASSWORD });
    fs.writeFileSync(path.join(folder, 'hello.txt'), 'hello\n');
    run('tar', ['-cf', path.join(folder, 'image.tar'), '-C', folder, 'hello.txt']);
    const image = at('acme/podman:1');
    run('podman', [...podman, 'import', path.join(folder, 'image.tar'), image]);
    run('podman', [...podman, 'push', ...auth, image]);
    run('podman', [...podman, 'rmi', image]);
    run('podman', [...podman, 'pull', ...auth, image]);
    expect(run('podman', [...podman, 'images', '--format', '{{.Repository}}:{{.Tag}}']).stdout.trim()).toBe(image);
  });

  test('curl reads with a password and with a bearer token', () => {
    const url = `http://${plain.host}/v2/acme/raw/tags/list`;
    const expected = { name: 'acme/raw', tags: ['1.0.0'] };
    expect(JSON.parse(run('curl', ['-sf', '-u', `bob:${PASSWORD}`, url]).stdout)).toEqual(expected);
    expect(JSON.parse(run('curl', ['-sf', '-H', `Authorization: Bearer ${token}`, url]).stdout)).toEqual(expected);
    expect(attempt('curl', ['-sf', url]).status).toBe(22);
  });
});

describe('over TLS with a certificate of its own', () => {
  const secure: Served = useHub(inPlace('secure'), {
    words: ['--config', inPlace('hub.yaml')],
    before: () => {
      fs.mkdirSync(inPlace('secure'));
      makeCertificate();
      cli
        .input(PASSWORD)
        .run('hub', 'user', 'add', 'ada', '--data', inPlace('secure/hub'), '--password-stdin', '--role', 'admin');
    },
  });

  test('waybill, oras and curl trust the certificate that they are given, and no other', () => {
    const refused = cli.input(PASSWORD).attempt('login', secure.host, '--username', 'ada', '--password-stdin');
    expect(refused.status).toBe(2);
    // The registry is on this machine, where plain HTTP would be spoken: --ca says that it has TLS.
    cli.input(PASSWORD).run('login', secure.host, '--username', 'ada', '--password-stdin', '--ca', certificate);
    cli.run('push', 'acme/raw:1.0.0', `${secure.host}/acme/raw:1.0.0`, '--ca', certificate);
    const config = ['--registry-config', path.join(homeOf('oras-tls'), 'config.json'), '--ca-file', certificate];
    run(commandOf('oras'), ['login', '-u', 'ada', '--password-stdin', ...config, secure.host], { input: PASSWORD });
    run(commandOf('oras'), ['pull', ...config, `${secure.host}/acme/raw:1.0.0`, '-o', inPlace('over-tls')]);
    run('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: inPlace('over-tls') });
    expect(attempt('curl', ['-s', `https://${secure.host}/healthz`]).status).toBe(60);
    expect(run('curl', ['-sf', '--cacert', certificate, `https://${secure.host}/healthz`]).stdout).toBe('ok\n');
  });
});
