/** The log in a folder, as what signs a package writes to it. */
import { WaybillError } from '../../base/errors.ts';
import type { Signer } from '../../trust/keys/signer.ts';
import { formatVerifierKey, noteKey } from '../../trust/log/note/keys.ts';
import { proveEntry } from '../../trust/log/proof/prove.ts';
import { verifyProof } from '../../trust/log/proof/verify.ts';
import { folderReader } from '../../trust/log/reading/folder.ts';
import { openLogWriter } from '../../trust/log/writer/open.ts';
import type { StatementLog } from './log-statements.ts';

/**
 * @param signer holds the key of the log
 * @throws WaybillError TRUST_UNDECIDED where there is no log, LOG_INVALID, STORE_BUSY
 */
export async function openStatementLog(folder: string, signer: Signer): Promise<StatementLog & Disposable> {
  const writer = await openLogWriter(folder, signer);
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
      const reader = folderReader(folder);
      const proofs: Buffer[] = [];
      for (const index of await writer.append(entries)) proofs.push(await proveEntry(reader, index));
      return proofs;
    },
    [Symbol.dispose]: () => writer[Symbol.dispose](),
  };
}
