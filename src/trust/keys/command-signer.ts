/**
 * Signs with another program, so that a key may lie in a device or a service: it gets the bytes on standard input and
 * answers on standard output. What it says is a claim until it verifies against the configured public key.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { WaybillError } from '../../base/errors.ts';
import type { PublicKey } from './public-key.ts';
import { toOurForm } from './signature-forms.ts';
import type { Signer } from './signer.ts';

export interface SigningCommand {
  /** The program and its arguments; no shell reads them. */
  readonly words: readonly [string, ...string[]];
  /** Whose signature it must be. */
  readonly publicKey: PublicKey;
  readonly certificates?: readonly Uint8Array[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends the program. */
  readonly signal?: AbortSignal;
  readonly timeLimit?: number;
}

/** Somebody may have to find the token, and type its PIN. */
const TIME_LIMIT_MILLISECONDS = 180_000;

/** A signature in base64 has less than 200 characters; programs add a line end. */
const MAX_ANSWER_SIZE = 4096;

/** What it writes to standard error goes where ours goes: it may ask for a PIN there. */
export function commandSigner(command: SigningCommand): Signer {
  return {
    publicKey: command.publicKey,
    ...(command.certificates === undefined ? {} : { certificates: command.certificates }),
    sign: async (message) => {
      command.signal?.throwIfAborted();
      const signature = toOurForm(await answerOf(command, message), command.publicKey, message);
      if (signature !== undefined) return signature;
      throw failure(command, 'what it answers is no signature of the bytes by the configured public key', {
        hint: 'It has to sign the bytes that it reads, by the key of --public-key, with SHA-256 for P-256, SHA-384 for P-384, SHA-512 for P-521',
      });
    },
  };
}

/** @throws WaybillError SIGNER_FAILED */
function answerOf(command: SigningCommand, message: Uint8Array): Promise<Buffer> {
  const [program, ...words] = command.words;
  const { environment: env, signal, timeLimit = TIME_LIMIT_MILLISECONDS } = command;
  const input = readerOf(message);
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { env, stdio: [input, 'pipe', 'inherit'] });
    fs.closeSync(input);
    const parts: Buffer[] = [];
    let size = 0;
    // What it started may hold its output open: nothing of it is waited for.
    const give = (found: string) => {
      settle();
      child.kill('SIGKILL');
      child.stdout?.destroy();
      reject(failure(command, found));
    };
    const onAbort = () => give('it was interrupted');
    const timer = setTimeout(() => give(`it has not ended after ${timeLimit / 1000} seconds`), timeLimit);
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort);
    child.stdout?.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size > MAX_ANSWER_SIZE) give(`it answers with more than ${MAX_ANSWER_SIZE} bytes, which no signature has`);
    });
    child.on('error', (cause) => {
      settle();
      reject(failure(command, `it cannot be started (${cause.message})`, { cause }));
    });
    child.on('close', (status, killedBy) => {
      settle();
      if (status === 0) resolve(Buffer.concat(parts));
      else reject(failure(command, status === null ? `it was ended by ${killedBy}` : `it ended with status ${status}`));
    });
  });
}

/**
 * The bytes as an open file without a name. Node's pipes are sockets, which nobody can open as /dev/stdin, and some
 * programs of key services read files only.
 */
function readerOf(message: Uint8Array): number {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'waybill-'));
  try {
    const file = path.join(folder, 'to-be-signed');
    fs.writeFileSync(file, message, { mode: 0o600 });
    return fs.openSync(file, 'r');
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

function failure(
  { words }: SigningCommand,
  found: string,
  details: { readonly hint?: string; readonly cause?: unknown } = {},
): WaybillError {
  return new WaybillError('SIGNER_FAILED', `Cannot sign with ${words[0]}: ${found}`, details);
}
