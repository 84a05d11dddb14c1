/** The same shards with other packagers: what they need for what Waybill does. */
import { type Contender, compete, ratios } from '../compete.ts';
import { cpuOf, type Usage } from '../measure.ts';
import { findPeers, type Peer } from '../peers.ts';
import { describeAll, inform, type Row } from '../row.ts';
import { touch } from '../samples.ts';
import { formatSpread, ratio, spreadOf } from '../statistics.ts';
import type { Trial } from '../trial.ts';
import type { Case } from './case.ts';

export const peers: Case = {
  id: 'peers',
  async run(trial) {
    touch(trial.shards());
    await trial.keepPacked('shards');
    const rows: Row[] = [];
    for (const peer of findPeers(trial)) {
      peer.prepare();
      rows.push(packing(trial, peer), packingAgain(trial, peer), unpacking(trial, peer));
      peer.forget();
    }
    return rows;
  },
};

function packing(trial: Trial, peer: Peer): Row {
  const warm = () => trial.warmMemory(trial.sizes.shards);
  return against(trial, peer, 'cold pack', {
    waybill: { command: trial.waybill('cold', 'pack', 'shards'), before: warm, after: () => trial.forget('cold') },
    // What it stored last stays, for the rows that follow.
    peer: {
      command: peer.pack,
      before: () => {
        trial.empty(peer.store);
        warm();
      },
    },
  });
}

function packingAgain(trial: Trial, peer: Peer): Row {
  const waybill = { command: trial.waybill('shards', 'pack', 'shards') };
  return against(trial, peer, 'pack again, unchanged', { waybill, peer: { command: peer.pack } });
}

function unpacking(trial: Trial, peer: Peer): Row {
  const around = { before: () => trial.warmMemory(trial.sizes.shards), after: () => trial.remove('restored') };
  return against(trial, peer, 'unpack', {
    waybill: { command: trial.waybill('shards', 'unpack', 'bench/shards:1.0.0', 'restored'), ...around },
    peer: { command: peer.unpack, ...around },
  });
}

function against(trial: Trial, { name }: Peer, what: string, contenders: Record<'waybill' | 'peer', Contender>): Row {
  const used = compete(trial.rounds, contenders);
  const spread = spreadOf(ratios(cpuOf, used.waybill, used.peer));
  const by = [contenders.waybill, contenders.peer];
  const note = `${describeAll(used)}; of each byte of the model ${bytesOf(used.waybill)} by waybill, ${bytesOf(used.peer)} by the peer`;
  return inform(`${what}: CPU ÷ ${name}`, formatSpread(spread, ratio), by, note);

  function bytesOf(usages: readonly Usage[]): string {
    const times = (figure: (usage: Usage) => number) =>
      (spreadOf(usages.map(figure)).median / trial.sizes.shards).toFixed(1);
    return `${times(({ read }) => read)} read and ${times(({ written }) => written)} written`;
  }
}
