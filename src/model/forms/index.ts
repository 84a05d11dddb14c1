import type { Form } from '../convert/form.ts';
import { docker } from './docker.ts';
import { kit } from './kit.ts';
import { modelpack } from './modelpack.ts';

/** The forms that `waybill convert` writes. A new one is a file here and a line below. */
export const forms = [docker, kit, modelpack] as const satisfies readonly Form[];
