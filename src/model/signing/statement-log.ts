/** The log in a folder, as what signs a package writes to it. */
import { WaybillError } from '../../base/errors.ts';
import type { Signer } from '../../trust/keys/signer.ts';
import { rememberCheckpoint } from '../../trust/log/memory/memory.ts';
import { formatVerifierKey, noteKey } from '../../trust/log/note/keys.ts';
import { proveEntry } from '../../trust/log/proof/prove.ts';
import { verifyProof } from '../../trust/log/proof/verify.ts';
import { folderReader } from '../../trust/log/reading/folder.ts';
import { openLogWriter } from '../../trust/log/writer/open.ts';
import type { StatementLog } from './log-statements.ts';

/**
 * @param signer holds the key of the log
 * @param memory where the last checkpoint of each log is remembered: a log that was brought back from a backup is not
 *   signed on
 * @throws WaybillError TRUST_UNDECIDED where there is no log, LOG_INVALID, STORE_BUSY
 */
export async function openStatementLog(
  folder: string,
  signer: Signer,
  memory?: string,
): Promise<StatementLog & Disposable> {
  const writer = await openLogWriter(folder, signer);
  const reader = folderReader(folder);
  const remember = async () => {
    if (memory !== undefined) await rememberCheckpoint(memory, writer.checkpoint, { reader, isLive: true });
  };
  try {
    await remember();
  } catch (error) {
    writer[Symbol.dispose]();
    throw error;
  }
  const { origin } = writer.checkpoint;
  const trusted = { origin, vkey: formatVerifierKey(noteKey(origin, 'note', signer.publicKey)) };
  return {
    holds(proof, entry) {
      try {
        verifyProof(proof, entry, trusted);
        return true;
      } catch (error) {
        if (error instanceof WaybillError) return false;
        throw error;
      }
    },
    async enter(entries) {
      const indexes = await writer.append(entries);
      await remember();
      const proofs: Buffer[] = [];
      for (const index of indexes) proofs.push(await proveEntry(reader, index));
      return proofs;
    },
    [Symbol.dispose]: () => writer[Symbol.dispose](),
  };
}
