/** What Waybill reads from the environment; test/docs.test.ts holds it to the variables that src/ reads. */

export interface Variable {
  readonly name: string;
  readonly meaning: string;
}

export const variables: readonly Variable[] = [
  { name: 'WAYBILL_STORE', meaning: 'Folder of the local store; `--store` wins over it.' },
  {
    name: 'WAYBILL_TRUST',
    meaning: 'The trust policy of `verify`, `pull`, `unpack` and `push`; `--trust` wins over it.',
  },
  {
    name: 'XDG_DATA_HOME',
    meaning:
      'Where the local store lies if nothing else is said: `$XDG_DATA_HOME/waybill/store`. Default: `~/.local/share`, on macOS `~/Library/Application Support`.',
  },
  {
    name: 'XDG_CACHE_HOME',
    meaning:
      'Where the digest cache lies: `$XDG_CACHE_HOME/waybill`. Default: `~/.cache`, on macOS `~/Library/Caches`. It is safe to remove.',
  },
  { name: 'HOME', meaning: 'The home folder that the defaults begin with.' },
  {
    name: 'REGISTRY_AUTH_FILE',
    meaning: 'A file with credentials for registries, as podman writes it; looked at before all others.',
  },
  { name: 'DOCKER_CONFIG', meaning: "Folder of docker's `config.json`. Default: `~/.docker`." },
  {
    name: 'XDG_CONFIG_HOME',
    meaning: 'Where `waybill/auth.json` and `containers/auth.json` with credentials lie. Default: `~/.config`.',
  },
  { name: 'XDG_RUNTIME_DIR', meaning: "Where podman's `containers/auth.json` of this session lies." },
  {
    name: 'WAYBILL_PASSPHRASE',
    meaning: 'The passphrase of a private key; `--passphrase-fd` wins over it. Not handed to other programs.',
  },
  {
    name: 'VIRTUAL_ENV',
    meaning: 'The virtual environment whose Python `host` and `compat` look at, where `--python` names none.',
  },
  { name: 'PATH', meaning: 'Where `host` and `compat` find the programs that they ask: `python3`, `nvidia-smi`.' },
  { name: 'NO_COLOR', meaning: 'When set to anything, output has no colours even on a terminal.' },
  { name: 'TERM', meaning: '`dumb` has the same effect.' },
];
