/**
 * What should not travel in a package: private keys are refused, files that usually hold passwords or tokens are warned
 * about by name. What programs and notebooks hold inside is for scanners.
 */
import picomatch from 'picomatch';
import { WaybillError } from '../../base/errors.ts';
import { readSmallFile } from '../../base/files.ts';
import type { Finding } from '../../base/finding.ts';
import { explainSystemError } from '../../base/system-errors.ts';
import type { SourceFile } from './walk.ts';

/** Names of files that hold secrets, compared without regard to case. */
export const secretPatterns: readonly string[] = [
  '**/.env',
  '**/.env.*',
  '**/*.pem',
  '**/*.key',
  '**/id_rsa*',
  '**/.netrc',
  '**/.npmrc',
  '**/.pypirc',
  '**/credentials*',
];

/** Where a private key may lie: to look into every small file of a large folder would take as long as packing it. */
const keyLikePatterns = ['**/id_*', '**/*.{p8,pk8,pkcs8,priv,private,secret,sec,asc,txt,bak,old,orig}'];
const WITHOUT_EXTENSION = /(?:^|\/)[^/.]+$/;

/** An RSA key of 16,384 bits has 13 KB in PEM. */
const MAX_PRIVATE_KEY_FILE_SIZE = 32 * 1024;

/** PKCS#8, SEC 1, OpenSSH, PGP and cosign, encrypted or not; the line below is of the key, so that a text about keys is none. */
const PRIVATE_KEY =
  /^[ \t]*-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[ \t]*\r?\n(?:[A-Za-z-]+:.*\r?\n|[ \t]*\r?\n)*[ \t]*[A-Za-z0-9+/]{16}/m;

/**
 * @param attempt what is done with the files, as in `Cannot pack`
 * @returns warnings about names
 * @throws WaybillError PATH_INVALID for a private key
 */
export function checkSecrets(
  files: readonly Pick<SourceFile, 'path' | 'file' | 'identity'>[],
  attempt: string,
): readonly Finding[] {
  const isSecret = picomatch([...secretPatterns], { dot: true, nocase: true, nonegate: true });
  const isKeyLike = picomatch(keyLikePatterns, { dot: true, nocase: true, nonegate: true });
  return files.flatMap(({ path, file, identity }): Finding[] => {
    const isNamedSo = isSecret(path);
    const isLooked = isNamedSo || isKeyLike(path) || WITHOUT_EXTENSION.test(path);
    if (isLooked && identity.size <= MAX_PRIVATE_KEY_FILE_SIZE && isPrivateKey(file, path)) {
      throw new WaybillError('PATH_INVALID', `${attempt} ${JSON.stringify(path)}: it holds a private key`, {
        hint: 'Keep keys outside of the folder, or take it out of the components of waybill.yaml; if it ever left this machine, replace the key',
      });
    }
    const message = 'by its name it may hold secrets, and everybody who gets the package can read it';
    return isNamedSo ? [{ rule: 'secret-name', level: 'warning', path, message }] : [];
  });
}

function isPrivateKey(file: string, path: string): boolean {
  try {
    return PRIVATE_KEY.test(readSmallFile(file, MAX_PRIVATE_KEY_FILE_SIZE).toString('latin1'));
  } catch (error) {
    throw explainSystemError(`Cannot read ${path}`, error);
  }
}
