/** The log that a verb enters statements into, by its options. */
import { WaybillError } from '../../base/errors.ts';
import type { StatementLog } from '../../model/signing/log-statements.ts';
import type { Input, Option } from '../command.ts';
import type { Context } from '../context.ts';
import { logMemoryFolder } from '../folders.ts';
import { openSigner } from './signer-options.ts';

export const logOptions: Readonly<Record<string, Option>> = {
  log: { value: 'DIR', description: 'Enter what is said of a package into this log before it is attached' },
  'log-key': { value: 'FILE', description: 'The private key of the log' },
};

/**
 * @returns what opens the log, or undefined where none is asked for
 * @throws WaybillError USAGE; as the key of the log is opened
 */
export async function logOpener(
  context: Context,
  input: Input,
): Promise<(() => Promise<StatementLog & Disposable>) | undefined> {
  const [folder, key] = [input.text('log'), input.text('log-key')];
  if (folder === undefined && key === undefined) return undefined;
  if (folder === undefined || key === undefined)
    throw new WaybillError('USAGE', 'Cannot enter anything into a log: --log and --log-key belong together', {
      hint: 'waybill keygen --role log makes the key, waybill log init the log',
    });
  // The key of the log is opened as any key is; a passphrase comes from the same places.
  const own: Input = { ...input, text: (name) => (name === 'key' ? key : undefined), has: () => false };
  const signer = await openSigner(context, own);
  const { openStatementLog } = await import('../../model/signing/statement-log.ts');
  const memory = logMemoryFolder(context.environment, context.platform);
  return () => openStatementLog(folder, signer, memory);
}
