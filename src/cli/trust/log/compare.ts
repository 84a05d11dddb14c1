import { WaybillError } from '../../../base/errors.ts';
import { compareViews, type View } from '../../../trust/log/checking/compare.ts';
import { openCheckpoint } from '../../../trust/log/checkpoint.ts';
import type { LogReader } from '../../../trust/log/reading/reader.ts';
import type { LogAction } from './action.ts';
import { neededIdentityOf } from './identity.ts';
import { openCheckpointAt } from './open.ts';

/** Whether two views of a log are of one log: mirrors, the log and an old checkpoint, what two people were shown. */
export const compare: LogAction = {
  arguments: ['LOG', 'LOG'],
  async run(context, input, [a = '', b = '']) {
    const identity = neededIdentityOf(input, `Cannot compare ${a} and ${b}`);
    using first = await openCheckpointAt(context, a);
    using second = await openCheckpointAt(context, b);
    const view = ({ note, reader }: { readonly note: Buffer; readonly reader?: LogReader }): View => ({
      checkpoint: openCheckpoint(note, identity),
      ...(reader === undefined ? {} : { reader }),
    });
    const views = [view(first), view(second)] as const;
    const compared = await compareViews(...views);
    if (compared === undefined)
      throw new WaybillError(
        'TRUST_UNDECIDED',
        `Cannot compare ${a} and ${b}: they differ in size, and the larger one is a checkpoint alone`,
        {
          hint: 'Name the log itself, as a folder or an address, in place of the larger checkpoint',
        },
      );
    const [origin, sizes] = [identity.origin, views.map(({ checkpoint: { size } }) => size)];
    const notes =
      compared.verdict === 'pass' ? {} : { notes: views.map(({ checkpoint: { note } }) => note.toString()) };
    return { action: 'compare', origin, sizes, verdict: compared.verdict, ...notes, findings: [...compared.findings] };
  },
};
