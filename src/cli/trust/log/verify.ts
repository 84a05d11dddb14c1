import { WaybillError } from '../../../base/errors.ts';
import { readSmallFile } from '../../../base/files.ts';
import { explainSystemError } from '../../../base/system-errors.ts';
import { rememberCheckpoint } from '../../../trust/log/memory/memory.ts';
import { MAX_PROOF_SIZE } from '../../../trust/log/proof/proof.ts';
import { verifyProofOf } from '../../../trust/log/proof/verify.ts';
import type { LogAction } from './action.ts';
import { describeCheckpoint, describeCosignatures } from './describe.ts';
import { entryOf } from './entry.ts';
import { memoryFolder, neededIdentityOf } from './identity.ts';
import { refusalOf } from './refusal.ts';

/** Whether an entry is in a log, from its proof alone. */
export const verify: LogAction = {
  arguments: ['PROOF'],
  async run(context, input, [file = '']) {
    const attempt = `Cannot verify ${file}`;
    const identity = neededIdentityOf(input, attempt);
    const entry = entryOf(input);
    if (entry === undefined)
      throw new WaybillError('USAGE', `${attempt}: the entry that it should prove is not named`, {
        hint: 'Add --entry FILE, or --bundle FILE for a signed statement',
      });
    const proof = readProof(file);
    try {
      const proven = verifyProofOf(proof, entry.content, identity);
      const seen = await rememberCheckpoint(memoryFolder(context), proven.checkpoint, { isLive: false });
      return {
        action: 'verify',
        verdict: 'pass',
        ...describeCheckpoint(proven.checkpoint),
        index: proven.index,
        cosignatures: describeCosignatures(proven.cosignedAt),
        seen,
        findings: [],
      };
    } catch (error) {
      return { action: 'verify', verdict: 'fail', findings: [refusalOf(error)] };
    }
  },
};

function readProof(file: string): Buffer {
  try {
    return readSmallFile(file, MAX_PROOF_SIZE);
  } catch (error) {
    throw explainSystemError(`Cannot read the proof ${file}`, error);
  }
}
