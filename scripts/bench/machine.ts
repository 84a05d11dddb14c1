/** What a figure depends on besides the code: processors, disk, and the programs it is compared with. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';

/** One line each; nothing that names the machine. */
export function describeMachine(folder: string): readonly string[] {
  const gibibytes = Math.round(os.totalmem() / 2 ** 30);
  return [
    `${os.availableParallelism()} processors ${hasShaInstructions() ? 'with' : 'without'} SHA instructions, ${gibibytes} GiB of memory, Linux ${kernel()}`,
    `${diskOf(folder)}`,
    `Node ${process.versions.node} (OpenSSL ${process.versions.openssl})`,
    `${firstLine('openssl', 'version').replace(/ \(Library.*/, '')}, ${firstLine('cp', '--version')}`,
  ];
}

export function firstLine(program: string, ...words: readonly string[]): string {
  const { stdout, error } = spawnSync(program, words, { encoding: 'utf8' });
  return error === undefined ? (stdout.split('\n')[0] ?? '').trim() : `no ${program}`;
}

const kernel = (): string => os.release().split('.').slice(0, 2).join('.');

/** x86 says sha_ni, Arm says sha2. */
function hasShaInstructions(): boolean {
  return /\b(?:sha_ni|sha2)\b/.test(fs.readFileSync('/proc/cpuinfo', 'utf8'));
}

/** File system and kind of disk that hold the folder. */
function diskOf(folder: string): string {
  const { dev } = fs.statSync(folder);
  const device = `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`;
  const line = fs
    .readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find((entry) => entry.split(' ')[2] === device);
  const [type = 'unknown', source = ''] = line?.split(' - ')[1]?.split(' ') ?? [];
  return `${type} on ${kindOf(source)}`;
}

function kindOf(source: string): string {
  const kinds: readonly [RegExp, string][] = [
    [/\/vd/, 'a virtual disk (virtio)'],
    [/\/nvme/, 'an NVMe disk'],
    [/\/sd/, 'a SATA or SCSI disk'],
  ];
  return kinds.find(([pattern]) => pattern.test(source))?.[1] ?? 'a disk of an unknown kind';
}
