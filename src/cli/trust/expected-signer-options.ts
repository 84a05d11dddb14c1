/** The options that say whom a model signature must be of; expected-signer.ts reads them. */
import type { Option } from '../command.ts';

export const expectedSignerOptions: Readonly<Record<string, Option>> = {
  key: { value: 'FILE', description: 'The public key that the signature must be of' },
  roots: { value: 'FILE', description: 'Certificates in PEM: the authorities that may vouch for the signer' },
  identity: { value: 'NAME', description: 'With --roots: the name that the certificate of the signer must have' },
  'any-identity': { description: 'With --roots: whoever they vouch for will do' },
};
