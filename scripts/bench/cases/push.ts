/** Sending a model to a registry: from its folder, from the store, and many small files. */
import { type Contender, compete, leastRatio } from '../compete.ts';
import { curl } from '../floors.ts';
import { type Command, cpuOf } from '../measure.ts';
import { findTool } from '../peers.ts';
import { cost, describeAll, inform, judge, judgeMost, judgeRatio, type Row } from '../row.ts';
import { MIB, type Sample, touch } from '../samples.ts';
import { type Distribution, startDistribution } from '../servers/distribution.ts';
import { mebibytes, ratio, seconds } from '../statistics.ts';
import type { Trial } from '../trial.ts';
import { absent } from './absent.ts';
import type { Case } from './case.ts';

const MAX_CLIENT_MEMORY = 180 * MIB;

export const push: Case = {
  id: 'push',
  async run(trial) {
    const sample = trial.shards();
    touch(sample);
    using peer = await startDistribution(trial);
    if (peer === undefined) return [absent('push', 'distribution')];
    const rows = [...sending(trial, peer, sample), ...(await manyFiles(trial, peer))];
    trial.remove('distribution');
    return rows;
  },
};

function sending(trial: Trial, peer: Distribution, sample: Sample): readonly Row[] {
  const oras = findTool('oras');
  if (oras === undefined) return [absent('push', 'oras')];
  const before = () => {
    peer.empty();
    trial.warmMemory(sample.size);
  };
  const send = (place: string, command: Command): Contender => ({
    command: trial.withoutHost(command, peer.host),
    before,
    after: () => trial.forget(place),
  });
  const uploads = new URL(`http://${peer.host}/v2/bench/shards/blobs/uploads/`);
  const floor = (isCopied: boolean): Contender => {
    const contender = curl(trial, sample, uploads, isCopied);
    return {
      ...contender,
      before: () => {
        peer.empty();
        contender.before?.();
      },
    };
  };
  const to = `${peer.host}/bench/shards:1.0.0`;
  const words = `cd shards && oras push --plain-http ${peer.host}/bench/shards:1.0.0 --artifact-type application/vnd.bench.v1 *.safetensors`;
  const contenders = {
    straight: send('straight', trial.waybill('straight', 'pack', 'shards', '--to', to)),
    twoSteps: send(
      'steps',
      trial.inTurn(trial.waybill('steps', 'pack', 'shards'), trial.waybill('steps', 'push', 'bench/shards:1.0.0', to)),
    ),
    oras: send('oras', orasCommand(trial, oras.folder, words)),
    curl: floor(false),
    curlCopied: floor(true),
  };
  const used = compete(trial.fewRounds, contenders);
  const { straight, twoSteps, oras: other, curl: sent, curlCopied } = contenders;
  const name = `oras ${oras.version ?? ''} push`;
  const memory = { target: `≤ ${mebibytes(MAX_CLIENT_MEMORY)}`, limit: MAX_CLIENT_MEMORY, format: mebibytes };
  return [
    judgeRatio(
      cpuOf,
      { ours: used.straight, others: [used.oras] },
      {
        what: `pack --to: CPU ÷ ${name}`,
        target: '≤ 1.25',
        limit: 1.25,
        by: [straight, other],
        note: `${describeAll(used)}; to ${peer.name}`,
      },
    ),
    judgeRatio(
      cpuOf,
      { ours: used.twoSteps, others: [used.oras] },
      { what: `pack, then push: CPU ÷ ${name}`, target: '≤ 1.50', limit: 1.5, by: [twoSteps, other] },
    ),
    inform('pack --to: CPU ÷ (openssl, then curl)', ratio(leastRatio(cpuOf, used.straight, used.curl)), [
      straight,
      sent,
    ]),
    inform(
      'pack, then push: CPU ÷ (cp, openssl, then curl)',
      ratio(leastRatio(cpuOf, used.twoSteps, used.curlCopied)),
      [twoSteps, curlCopied],
    ),
    judgeMost(
      used.straight.map(({ peak }) => peak),
      { ...memory, what: 'peak memory: pack --to', by: [straight] },
    ),
    judgeMost(
      used.twoSteps.map(({ peak }) => peak),
      { ...memory, what: 'peak memory: pack, then push', by: [twoSteps] },
    ),
  ];
}

/** Files that are too small to be sent one by one. */
async function manyFiles(trial: Trial, peer: Distribution): Promise<readonly Row[]> {
  const { files } = trial.sentFiles();
  await trial.keepPacked('sent');
  const to = `${peer.host}/bench/items:1.0.0`;
  const contender = (command: Command, place = 'none'): Contender => ({
    command: trial.withoutHost(command, peer.host),
    before: () => peer.empty(),
    after: () => trial.forget(place),
  });
  const push = contender(trial.waybill('sent', 'push', 'bench/items:1.0.0', to));
  const straight = contender(trial.waybill('straight', 'pack', 'sent', '--to', to), 'straight');
  const oras = findTool('oras');
  const words = `cd sent && oras push --plain-http ${to} --artifact-type application/vnd.bench.v1 items`;
  const other = oras && contender(orasCommand(trial, oras.folder, words));
  const contenders: Record<string, Contender> = { push, straight, ...(other && { oras: other }) };
  const used = compete(trial.rounds, contenders);
  trial.forgetSample('sent');
  const count = files.length.toLocaleString('en');
  const rest = { straight: 'pack --to', oras: `oras ${oras?.version ?? ''} push of the folder, gzip` };
  return [
    judge(
      (used['push'] ?? []).map(({ wall }) => wall),
      {
        what: `push of ${count} files of 2 KB, packed: wall time of the whole program`,
        target: '≤ 1.00 s',
        limit: 1,
        format: seconds,
        by: [push],
        note: describeAll(used),
      },
    ),
    ...Object.entries(rest).flatMap(([name, what]) => {
      const by = contenders[name];
      return by === undefined ? [] : [inform(`${what}, ${count} files of 2 KB`, cost(used[name] ?? []), [by])];
    }),
  ];
}

function orasCommand(trial: Trial, folder: string, words: string): Command {
  return trial.command(['sh', '-c', words], words, { PATH: `${folder}:${process.env['PATH']}` });
}
