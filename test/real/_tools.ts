/** Which programs of other people the tests run, in which versions, and where they are kept. */
import { homedir } from 'node:os';
import path from 'node:path';

export interface GoTool {
  readonly module: string;
  /** The package of the program, relative to the module. */
  readonly program: string;
  readonly version: string;
  /** A main.go of our own below test/real, for a module that has a library and no program. */
  readonly own?: string;
}

/** Built from source with `go build`; a new version here is a new folder, and so a new build. */
export const goTools = {
  oras: { module: 'oras.land/oras', program: '/cmd/oras', version: 'v1.3.6' },
  crane: { module: 'github.com/google/go-containerregistry', program: '/cmd/crane', version: 'v0.22.1' },
  registry: { module: 'github.com/distribution/distribution/v3', program: '/cmd/registry', version: 'v3.1.2' },
  conformance: {
    module: 'github.com/opencontainers/distribution-spec/conformance',
    program: '',
    version: 'v0.0.0-20260831232431-97274622c111',
  },
  regctl: { module: 'github.com/regclient/regclient', program: '/cmd/regctl', version: 'v0.11.7' },
  modctl: { module: 'github.com/modelpack/modctl', program: '', version: 'v0.2.2' },
  cosign: { module: 'github.com/sigstore/cosign/v3', program: '/cmd/cosign', version: 'v3.1.3' },
  kit: { module: 'github.com/kitops-ml/kitops', program: '', version: 'v1.15.0' },
  sumdb: { module: 'golang.org/x/mod', program: '', version: 'v0.43.0', own: 'sumdb' },
  fsck: { module: 'github.com/transparency-dev/tessera', program: '/cmd/fsck', version: 'v1.0.4' },
  'model-runner': { module: 'github.com/docker/model-runner', program: '', version: 'v1.2.6', own: 'model-runner' },
} as const satisfies Record<string, GoTool>;

/** Programs of the system, and the Debian package of each. Debian 12 pins their versions. */
export const systemTools = {
  skopeo: 'skopeo',
  podman: 'podman',
  curl: 'curl',
  zsh: 'zsh',
  fish: 'fish',
  python3: 'python3',
  tar: 'tar',
  gzip: 'gzip',
  zstd: 'zstd',
  sha256sum: 'coreutils',
  setpriv: 'util-linux',
  'softhsm2-util': 'softhsm2',
  'opensc-tool': 'opensc',
} as const;

export type GoToolName = keyof typeof goTools;
export type ToolName = GoToolName | keyof typeof systemTools;

/** XDG Base Directory Specification; safe to remove. */
export const cacheFolder: string = path.join(
  process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'),
  'waybill-test',
);

/** Folder of one tool in one version. */
export function folderOf(name: GoToolName): string {
  return path.join(cacheFolder, `${name}-${goTools[name].version}`);
}

/** What to call to run a tool. */
export function commandOf(name: ToolName): string {
  return name in goTools ? path.join(folderOf(name as GoToolName), name) : name;
}
