/** The interface of a package as another tool has it: `waybill inspect REF --interface FORM`. */
import { WaybillError } from '../base/errors.ts';
import type { Lost, Mapped } from '../model/interface/mapped.ts';
import { requestSchema, responseSchema } from '../model/interface/message-schema.ts';
import { toMlflowSignature } from '../model/interface/mlflow/signature.ts';
import { platformOf, toOipMetadata } from '../model/interface/oip-metadata.ts';
import type { ModelInterface } from '../model/waybill-file/interface.ts';
import { WAYBILL_FILE, type WaybillFile } from '../model/waybill-file/schema.ts';
import type { Context } from './context.ts';
import { type InterfaceForm, interfaceForms } from './interface-forms.ts';

type Form = (declared: ModelInterface, file: WaybillFile) => Mapped<object>;

const forms: Readonly<Record<InterfaceForm, Form>> = {
  oip: (declared, { name, version, runtime }) =>
    toOipMetadata(declared, { name, version, platform: platformOf(runtime) }),
  mlflow: toMlflowSignature,
  'request-schema': (declared) => ({ value: requestSchema(declared), lost: [] }),
  'response-schema': (declared) => ({ value: responseSchema(declared), lost: [] }),
};

export interface InterfaceDocument {
  readonly document: Readonly<Record<string, unknown>>;
  /** What the form has no words for. */
  readonly lost: readonly Lost[];
}

/**
 * @returns undefined when no form is asked for
 * @throws WaybillError UNSUPPORTED when the package states no interface, or the form cannot say it
 */
export function interfaceDocument(
  { note }: Pick<Context, 'note'>,
  name: string | undefined,
  file: WaybillFile | undefined,
): InterfaceDocument | undefined {
  const form = isForm(name) ? forms[name] : undefined;
  if (form === undefined) return undefined;
  if (file?.interface === undefined)
    throw new WaybillError('UNSUPPORTED', `Cannot show the interface as ${name}: the package states none`, {
      hint: `State one in ${WAYBILL_FILE}, under interface, and pack again`,
    });
  const { value, lost } = form(file.interface, file);
  const told = lost.map(({ at, message }) => `${at}: ${message}`);
  if (value === undefined)
    throw new WaybillError('UNSUPPORTED', `Cannot show the interface as ${name}: ${told.join('; ')}`);
  for (const { at, message } of lost) note(`not in ${name}: ${at} (${message})`);
  return { document: { ...value }, lost: [...lost] };
}

function isForm(name: string | undefined): name is InterfaceForm {
  return interfaceForms.some((form) => form === name);
}
