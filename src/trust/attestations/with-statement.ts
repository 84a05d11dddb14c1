/** A bundle with the statement in its envelope; what is no in-toto statement says nothing that could be believed. */
import { WaybillError } from '../../base/errors.ts';
import type { Bundle } from '../bundle/bundle.ts';
import { IN_TOTO_PAYLOAD } from '../dsse/envelope.ts';
import { parseStatement, type Statement } from '../statement/statement.ts';
import { orProblem } from './attached.ts';
import type { Attestation } from './attestation.ts';

/** Where the statement cannot be read, who signed it can be told all the same. */
export async function withStatement(bundle: Bundle): Promise<Pick<Attestation, 'bundle' | 'statement' | 'problem'>> {
  const statement = await orProblem(() => statementOf(bundle));
  return statement instanceof WaybillError ? { bundle, problem: statement } : { bundle, statement };
}

/** @throws WaybillError STATEMENT_INVALID; the type is part of what was signed, so no other can be put in its place */
function statementOf({ envelope: { payloadType, payload } }: Bundle): Statement {
  if (payloadType === IN_TOTO_PAYLOAD) return parseStatement(payload);
  throw new WaybillError(
    'STATEMENT_INVALID',
    `Cannot read the statement: its envelope says that it is ${JSON.stringify(payloadType)}`,
    { expected: IN_TOTO_PAYLOAD, found: payloadType },
  );
}
