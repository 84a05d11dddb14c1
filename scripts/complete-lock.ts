/**
 * Puts optional packages of other platforms back into package-lock.json. npm leaves out those that
 * the registry it asked does not have (a mirror for one platform, say), and `npm ci` then refuses
 * the file everywhere. Run after `npm install` where that happened; they get no integrity, because
 * nobody here has seen them, and are development dependencies only.
 */
import fs from 'node:fs';

interface LockedPackage {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

const FILE = 'package-lock.json';
const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

const lock: { packages: Record<string, LockedPackage> } = JSON.parse(fs.readFileSync(FILE, 'utf8'));
const added: string[] = [];
for (const [place, { optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const own = `node_modules/${name}`;
    if (lock.packages[own] !== undefined || lock.packages[`${place}/${own}`] !== undefined) continue;
    lock.packages[own] = { version, ...platformOf(name), dev: true, optional: true };
    added.push(name);
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
fs.writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
console.log(`${added.length} packages of other platforms added to ${FILE}`);

/** What a name such as `@scope/binding-linux-x64-musl` says of itself. */
function platformOf(name: string): Record<string, readonly string[]> {
  const words = name.split(/[/-]/);
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  const libc = words.includes('musl') ? 'musl' : os === 'linux' && words.includes('gnu') ? 'glibc' : undefined;
  return {
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
    ...(os === undefined ? {} : { os: [os] }),
  };
}
