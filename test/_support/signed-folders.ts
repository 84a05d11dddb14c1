/** Folders with a model signature, and what a verifier says of them. */
import fs from 'node:fs';
import path from 'node:path';
import { signFolder } from '../../src/model/signing/sign-folder.ts';
import { verifySignedFolder } from '../../src/model/signing/verify-signed-folder.ts';
import type { Signer } from '../../src/trust/keys/signer.ts';
import { signStatement } from '../../src/trust/sign-statement.ts';

/** A folder with these files, and the signature over them in `model.sig`. */
export async function makeSigned(
  folder: string,
  signer: Signer,
  files: Readonly<Record<string, string>> = { 'weights/model.bin': 'weights', 'README.md': '# hi' },
): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), content);
  }
  await signFolder(folder, signer);
  return folder;
}

export interface ModelStatementJson {
  _type: unknown;
  subject: { name: unknown; digest: Record<string, unknown> }[];
  predicateType: unknown;
  predicate: {
    resources: Record<string, unknown>[];
    serialization: Record<string, unknown>;
  };
}

/** Signs the folder's statement again, by the same key, with something changed in it. */
export async function resign(
  folder: string,
  signer: Signer,
  change: (statement: ModelStatementJson) => unknown,
): Promise<void> {
  const statement = statementIn(folder);
  change(statement);
  await resignText(folder, signer, JSON.stringify(statement));
}

export async function resignText(folder: string, signer: Signer, text: string, payloadType?: string): Promise<void> {
  fs.writeFileSync(path.join(folder, 'model.sig'), await signStatement(signer, Buffer.from(text), payloadType));
}

export function statementIn(folder: string): ModelStatementJson {
  const { dsseEnvelope } = JSON.parse(fs.readFileSync(path.join(folder, 'model.sig'), 'utf8'));
  return JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString());
}

/** The verdict, and then each error as its rule and path. */
export async function verdictOn(folder: string, signer: Signer, file = 'model.sig'): Promise<readonly string[]> {
  const { verdict, findings } = await verifySignedFolder(folder, path.join(folder, file), () => signer.publicKey);
  const errors = findings.filter(({ level }) => level === 'error');
  return [verdict, ...errors.map(({ rule, path }) => `${rule} ${path ?? ''}`.trim())];
}
