/** Bringing a model from a registry: straight into its files, and into the store. */
import { type Contender, compete, leastRatio } from '../compete.ts';
import { type Command, cpuOf } from '../measure.ts';
import { findTool } from '../peers.ts';
import { describeAll, inform, judgeMost, judgeRatio, type Row } from '../row.ts';
import { MIB } from '../samples.ts';
import { type Distribution, startDistribution } from '../servers/distribution.ts';
import { mebibytes, percent, ratio } from '../statistics.ts';
import type { Trial } from '../trial.ts';
import { absent } from './absent.ts';
import type { Case } from './case.ts';

const MAX_CLIENT_MEMORY = 180 * MIB;

export const pull: Case = {
  id: 'pull',
  async run(trial) {
    trial.shards();
    await trial.keepPacked('shards');
    using peer = await startDistribution(trial);
    if (peer === undefined) return [absent('unpack from a registry', 'distribution')];
    const oras = findTool('oras');
    if (oras === undefined) return [absent('unpack from a registry', 'oras')];
    const rows = bringing(trial, peer, oras);
    trial.remove('distribution');
    return rows;
  },
};

function bringing(
  trial: Trial,
  peer: Distribution,
  oras: { folder: string; version: string | undefined },
): readonly Row[] {
  const from = `${peer.host}/bench/shards:1.0.0`;
  trial.measure(trial.waybill('shards', 'push', 'bench/shards:1.0.0', from));
  const { shards: size } = trial.sizes;
  const bring = (command: Command, after: () => void): Contender => ({
    command: trial.withoutHost(command, peer.host),
    before: () => trial.warmMemory(size),
    after,
  });
  const words = `oras pull --plain-http ${from} --output restored`;
  const synced = `${words} && sync restored/*`;
  const environment = { PATH: `${oras.folder}:${process.env['PATH']}` };
  const contenders = {
    unpack: bring(trial.waybill('none', 'unpack', from, 'restored'), () => trial.remove('restored')),
    pull: bring(trial.waybill('pulled', 'pull', from), () => trial.forget('pulled')),
    oras: bring(trial.command(['sh', '-c', words], words, environment), () => trial.remove('restored')),
    // What is unpacked survives a power cut; oras leaves that to the system.
    synced: bring(trial.command(['sh', '-c', synced], synced, environment), () => trial.remove('restored')),
  };
  const used = compete(trial.fewRounds, contenders);
  const { unpack, pull: stored, oras: other, synced: durable } = contenders;
  const name = `oras ${oras.version ?? ''} pull`;
  const pair = { ours: used.unpack, others: [used.oras] };
  const memory = { target: `≤ ${mebibytes(MAX_CLIENT_MEMORY)}`, limit: MAX_CLIENT_MEMORY, format: mebibytes };
  return [
    judgeRatio(cpuOf, pair, {
      what: `unpack from a registry: CPU ÷ ${name}`,
      target: '≤ 1.50',
      limit: 1.5,
      by: [unpack, other],
      note: `${describeAll(used)}; from ${peer.name}`,
    }),
    judgeRatio(({ wall }) => wall, pair, {
      what: `unpack from a registry: wall time ÷ ${name}`,
      target: '≤ 1.00',
      limit: 1,
      by: [unpack, other],
    }),
    inform(
      `unpack from a registry: wall time ÷ (${name}, then sync)`,
      ratio(leastRatio(({ wall }) => wall, used.unpack, used.synced)),
      [unpack, durable],
    ),
    judgeMost(
      used.unpack.map(({ written }) => written / size),
      {
        what: 'unpack from a registry: bytes written ÷ bytes of the model',
        target: 'one write: ≤ 101 %',
        limit: 1.01,
        format: percent,
        by: [unpack],
        note: `oras ${percent(Math.max(...used.oras.map(({ written }) => written / size)))}`,
      },
    ),
    inform(`pull into the store: CPU ÷ ${name}`, ratio(leastRatio(cpuOf, used.pull, used.oras)), [stored, other]),
    judgeMost(
      used.unpack.map(({ peak }) => peak),
      { ...memory, what: 'peak memory: unpack from a registry', by: [unpack] },
    ),
    judgeMost(
      used.pull.map(({ peak }) => peak),
      { ...memory, what: 'peak memory: pull', by: [stored] },
    ),
  ];
}
