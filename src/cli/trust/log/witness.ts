import { WaybillError } from '../../../base/errors.ts';
import { writeAtomically } from '../../../base/files.ts';
import { openCheckpoint } from '../../../trust/log/checkpoint.ts';
import { rememberCheckpoint } from '../../../trust/log/memory/memory.ts';
import { formatVerifierKey, noteKey } from '../../../trust/log/note/keys.ts';
import { cosign } from '../../../trust/log/note/sign.ts';
import { readCheckpoint } from '../../../trust/log/proof/prove.ts';
import { openSigner } from '../signer-options.ts';
import type { LogAction } from './action.ts';
import { describeCheckpoint } from './describe.ts';
import { memoryFolder, neededIdentityOf } from './identity.ts';
import { openLog } from './open.ts';

/** Looks at a log as a witness: signs its checkpoint if it goes on from the one that was seen before. */
export const witness: LogAction = {
  arguments: ['LOG'],
  async run(context, input, [place = '']) {
    const identity = neededIdentityOf(input, `Cannot witness ${place}`);
    const name = input.text('name');
    if (name === undefined)
      throw new WaybillError('USAGE', `Cannot witness ${place}: the witness has no name`, {
        hint: 'Add --name witness.example/NAME',
      });
    const signer = await openSigner(context, input);
    const key = noteKey(name, 'cosignature', signer.publicKey);
    if (signer.publicKey.id === identity.key.publicKey.id)
      throw new WaybillError('KEY_INVALID', `Cannot witness ${place}: this is the key of the log itself`, {
        hint: 'A witness is somebody else: waybill keygen --role log makes a key of its own',
      });
    using log = openLog(context, place);
    // The time is that of the look: whoever looks later and signs earlier must not seem to have seen more.
    const seconds = Math.floor(context.clock.now() / 1000);
    const seen = openCheckpoint(await readCheckpoint(log.reader), identity);
    const recollection = await rememberCheckpoint(memoryFolder(context), seen, { reader: log.reader, isLive: true });
    const note = `${seen.note}${await cosign(seen.text, { name, signer, seconds })}`;
    const file = input.text('out');
    if (file !== undefined) writeAtomically(file, note);
    return {
      action: 'witness',
      log: place,
      ...describeCheckpoint(seen),
      vkey: formatVerifierKey(key),
      note,
      seen: recollection,
      ...(file === undefined ? {} : { file }),
      findings: [],
    };
  },
};
