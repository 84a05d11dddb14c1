/** What Linux knows of a process that runs. */
import fs from 'node:fs';
import type { Usage } from '../measure.ts';

/** What it and its children have used so far; `wall` is now, in seconds. */
export function usageOf(pid: number): Usage {
  const usages = withChildren(pid).map((each) => ({ ...timesOf(each), ...bytesOf(each) }));
  const sum = (figure: (usage: (typeof usages)[number]) => number) =>
    usages.reduce((total, usage) => total + figure(usage), 0);
  return {
    wall: performance.now() / 1000,
    user: sum(({ user }) => user),
    system: sum(({ system }) => system),
    read: sum(({ read }) => read),
    written: sum(({ written }) => written),
    peak: memoryOf(pid).peak,
  };
}

/** Lets the peak begin anew with what is resident now: proc(5), clear_refs. */
export function forgetPeak(pid: number): void {
  const RESET_PEAK = '5';
  fs.writeFileSync(`/proc/${pid}/clear_refs`, RESET_PEAK);
}

/** What was used between two looks; the peak is the one that was seen last. */
export function difference(before: Usage, after: Usage): Usage {
  return {
    wall: after.wall - before.wall,
    user: after.user - before.user,
    system: after.system - before.system,
    read: after.read - before.read,
    written: after.written - before.written,
    peak: after.peak,
  };
}

/** Resident bytes, of the process alone. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  const kibibytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? Number.NaN);
  return { now: 1024 * kibibytes('VmRSS'), peak: 1024 * kibibytes('VmHWM') };
}

/** Whether it is still there; one that has ended and was not waited for is not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function withChildren(pid: number): readonly number[] {
  const children = fs
    .readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .split(' ')
    .filter((word) => word !== '');
  return [pid, ...children.flatMap((child) => withChildren(Number(child)))];
}

function timesOf(pid: number): Pick<Usage, 'user' | 'system'> {
  // USER_HZ is 100 on every machine that this runs on: proc(5).
  const TICK_SECONDS = 0.01;
  const [, rest = ''] = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ', 2);
  const fields = rest.split(' ').map(Number);
  return { user: TICK_SECONDS * (fields[11] ?? Number.NaN), system: TICK_SECONDS * (fields[12] ?? Number.NaN) };
}

function bytesOf(pid: number): Pick<Usage, 'read' | 'written'> {
  const io = fs.readFileSync(`/proc/${pid}/io`, 'utf8');
  const value = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(io)?.[1] ?? Number.NaN);
  return { read: value('rchar'), written: value('wchar') };
}
