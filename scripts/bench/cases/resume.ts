/** A transfer that is killed on its way: what the next run has to move. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Command } from '../measure.ts';
import { judgeMost, type Row } from '../row.ts';
import { type CountingProxy, startCountingProxy } from '../servers/counting-proxy.ts';
import { startHub } from '../servers/hub.ts';
import { percent, spreadOf } from '../statistics.ts';
import type { Trial } from '../trial.ts';
import type { Case } from './case.ts';

/** Of the bytes of the model. */
const KILLED_AT = 0.6;
const LIMIT = 0.45;

export const resume: Case = {
  id: 'resume',
  async run(trial) {
    trial.shards();
    await trial.keepPacked('shards');
    using hub = await startHub(trial, 'hub');
    await using proxy = await startCountingProxy(hub.host);
    const there = (run: number) => `${proxy.host}/bench/killed-${run}:1.0.0`;
    const whole = `${proxy.host}/bench/shards:1.0.0`;
    await finish(trial.waybill('shards', 'push', 'bench/shards:1.0.0', whole, '--json'));
    const push = (run: number) => trial.waybill('shards', 'push', 'bench/shards:1.0.0', there(run), '--json');
    const straight = (run: number) => {
      trial.forget('straight');
      return trial.waybill('straight', 'pack', 'shards', '--to', there(trial.fewRounds + run), '--json');
    };
    const pull = () => {
      trial.forget('pulled');
      return trial.waybill('pulled', 'pull', whole, '--json');
    };
    const rows = [
      await killed(trial, proxy, 'push', push),
      await killed(trial, proxy, 'pack --to', straight),
      await killed(trial, proxy, 'pull', pull),
    ];
    trial.forget('pulled');
    trial.forget('straight');
    trial.remove('hub');
    return rows;
  },
};

async function killed(
  trial: Trial,
  proxy: CountingProxy,
  what: string,
  commandOf: (run: number) => Command,
): Promise<Row> {
  const { shards: size } = trial.sizes;
  const moved: number[] = [];
  const said: number[] = [];
  let shown: Command | undefined;
  for (let run = 0; run < trial.fewRounds; run++) {
    const command = commandOf(run);
    shown = trial.withoutHost(command, proxy.host);
    await kill(command, proxy, KILLED_AT * size);
    proxy.begin(Number.POSITIVE_INFINITY, () => {});
    const { bytesSent = 0, bytesReceived = 0 } = await finish(command);
    moved.push((proxy.counts.up + proxy.counts.down) / size);
    said.push((bytesSent + bytesReceived) / size);
  }
  return judgeMost(moved, {
    what: `${what}, killed at ${percent(KILLED_AT)}: what the next run moves`,
    target: `≤ ${percent(LIMIT)}`,
    limit: LIMIT,
    format: percent,
    by: shown === undefined ? [] : [{ command: shown }],
    note: `least ${percent(spreadOf(moved).least)}, counted on the way; it says itself ${said.map(percent).join(', ')}`,
  });
}

/** Kills it when so many bytes have passed. @throws Error when it had ended before */
async function kill(command: Command, proxy: CountingProxy, bytes: number): Promise<void> {
  const child = start(command);
  proxy.begin(bytes, () => child.kill('SIGKILL'));
  child.stdout.resume();
  child.stderr.resume();
  const [, signal] = await once(child, 'close');
  if (signal !== 'SIGKILL') throw new Error(`Cannot kill ${command.text}: it had ended before`);
}

/** @returns its JSON. @throws Error with what it said when it fails */
async function finish(command: Command): Promise<{ readonly bytesSent?: number; readonly bytesReceived?: number }> {
  const child = start(command);
  const [output, errors, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (status !== 0) throw new Error(`Cannot measure ${command.text}: it ended with ${status}: ${errors}`);
  return JSON.parse(output);
}

/** Not with spawnSync: the proxy works in this process. */
function start({ argv, folder, environment }: Command) {
  const [program = '', ...words] = argv;
  return spawn(program, words, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
}
