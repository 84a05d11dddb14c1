/** Memory of the hub: at rest, and with many large transfers at once. */
import { load, measureLoad } from '../load/load.ts';
import { inform, judgeMost, type Row } from '../row.ts';
import { MIB } from '../samples.ts';
import { startHub } from '../servers/hub.ts';
import { memoryOf } from '../servers/process.ts';
import { mebibytes } from '../statistics.ts';
import type { Case } from './case.ts';

const LOGIN = { name: 'bench', password: 'correct-horse-battery' };
const MAX_IDLE = 90 * MIB;
const MAX_BUSY = 180 * MIB;
/** In each direction. */
const AT_ONCE = 32;

export const hubMemory: Case = {
  id: 'hub-memory',
  async run(trial): Promise<readonly Row[]> {
    // Uploads that are under way lie on the disk once each: 16 GiB in all.
    trial.forgetSample('shards');
    using hub = await startHub(trial, 'hub', { login: LOGIN });
    await trial.settle();
    const idle = memoryOf(hub.pid).now;
    const { blob: size } = trial.sizes;
    const transfer = (up: number, down: number) =>
      load(
        trial,
        hub,
        { kind: 'large', size, up, down },
        `${up} PUT and ${down} GET of ${size / MIB} MiB at once`,
        LOGIN,
      );
    await login(hub.host);
    const afterLogin = memoryOf(hub.pid).peak;
    measureLoad(transfer(1, 0));
    const busy = transfer(AT_ONCE, AT_ONCE);
    const used = measureLoad(busy);
    const by = [{ command: busy }];
    const rows = [
      judgeMost([idle], {
        what: 'memory of the hub at rest, just started',
        target: `≤ ${mebibytes(MAX_IDLE)}`,
        limit: MAX_IDLE,
        format: mebibytes,
        by: [],
      }),
      judgeMost([used.peak], {
        what: `peak memory of the hub: ${2 * AT_ONCE} transfers of ${size / MIB} MiB at once`,
        target: `≤ ${mebibytes(MAX_BUSY)}`,
        limit: MAX_BUSY,
        format: mebibytes,
        by,
        note: `${used.user.toFixed(1)} s user + ${used.system.toFixed(1)} s system, ${used.wall.toFixed(1)} s wall`,
      }),
      inform(
        'peak memory of the hub: a login with a password',
        mebibytes(afterLogin),
        [],
        'scrypt takes 128 MiB of it',
      ),
      inform('memory of the hub at rest, after that', mebibytes(memoryOf(hub.pid).now), by),
    ];
    trial.remove('hub');
    return rows;
  },
};

async function login(host: string): Promise<void> {
  const basic = Buffer.from(`${LOGIN.name}:${LOGIN.password}`).toString('base64');
  const { ok } = await fetch(`http://${host}/token`, { headers: { authorization: `Basic ${basic}` } });
  if (!ok) throw new Error('Cannot log in at the hub');
}
