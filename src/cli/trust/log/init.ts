import { WaybillError } from '../../../base/errors.ts';
import { writeAtomically } from '../../../base/files.ts';
import { formatVerifierKey, noteKey } from '../../../trust/log/note/keys.ts';
import { createLog } from '../../../trust/log/writer/open.ts';
import { openSigner } from '../signer-options.ts';
import type { LogAction } from './action.ts';
import { describeCheckpoint } from './describe.ts';

/** Begins a log without entries. */
export const init: LogAction = {
  arguments: ['DIR'],
  async run(context, input, [folder = '']) {
    const origin = input.text('origin');
    if (origin === undefined)
      throw new WaybillError('USAGE', 'Cannot begin a log: it has no name', {
        hint: 'Add --origin log.example/models: the address at which it will be served, or another name that nobody else uses',
      });
    const signer = await openSigner(context, input);
    const checkpoint = await createLog(folder, origin, signer);
    const vkey = formatVerifierKey(noteKey(origin, 'note', signer.publicKey));
    const file = input.text('out');
    if (file !== undefined) writeAtomically(file, `${vkey}\n`);
    return {
      action: 'init',
      log: folder,
      ...describeCheckpoint(checkpoint),
      vkey,
      ...(file === undefined ? {} : { file }),
      findings: [],
    };
  },
};
