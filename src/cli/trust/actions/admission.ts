import { WaybillError } from '../../../base/errors.ts';
import { readTrustFile } from '../../../trust/policy/read.ts';
import { kyvernoPolicy } from '../admission/kyverno.ts';
import { notCheckedOf } from '../admission/not-checked.ts';
import { policyControllerPolicy } from '../admission/policy-controller.ts';
import { policyFileOf } from '../trust-options.ts';
import type { TrustAction } from './action.ts';

const generators = { kyverno: kyvernoPolicy, 'policy-controller': policyControllerPolicy } as const;

/** A policy for an admission controller that asks for the same statements, as far as it can. */
export const admission: TrustAction = {
  async run(context, input) {
    const controller = input.text('for') as keyof typeof generators | undefined;
    const file = policyFileOf(context, input);
    if (controller === undefined || file === undefined)
      throw new WaybillError('USAGE', 'Cannot write a policy for a cluster: --for and --trust must be named', {
        hint: 'waybill trust admission --for kyverno --trust trust.yaml',
      });
    const { policy } = readTrustFile(file);
    const notChecked = notCheckedOf(policy, controller);
    return { action: 'admission', document: generators[controller](policy, notChecked), notChecked: [...notChecked] };
  },
};
