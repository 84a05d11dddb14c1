/** Holds the examples of a package to its interface: names, datatypes, shapes that unify, values in range. */
import { WaybillError } from '../../base/errors.ts';
import type { ModelInterface } from '../waybill-file/interface.ts';
import type { Contradiction } from './contradictions.ts';
import { type Message, readMessage } from './message.ts';
import { type Side, unify } from './unify.ts';
import { problemOfValues } from './values.ts';

/** @param read the bytes of a file of the package, undefined for one that is too large to be looked at */
export function problemsOfExamples(
  declared: ModelInterface,
  read: (path: string) => Uint8Array | undefined,
): readonly Contradiction[] {
  return (declared.examples ?? []).flatMap(({ request, response }, index) => {
    const at = ['interface', 'examples', index];
    const found: Contradiction[] = [];
    const load = (path: string | undefined, side: Side, key: string): Message | undefined => {
      const bytes = path === undefined ? undefined : read(path);
      if (path === undefined || bytes === undefined) return undefined;
      const message = messageOf(bytes, side, path);
      if (!('problem' in message)) return message;
      found.push({ at: [...at, key], message: `${path}: ${message.problem}` });
      return undefined;
    };
    const asked = load(request, 'inputs', 'request');
    const answered = load(response, 'outputs', 'response');
    const say = (key: string, path: string, message: string) =>
      found.push({ at: [...at, key], message: `${path}: ${message}` });
    const check = (side: Side, { tensors }: Message) => {
      const [key, path] = side === 'inputs' ? (['request', request] as const) : (['response', response ?? ''] as const);
      for (const tensor of tensors) {
        const known = declared[side].find(({ name }) => name === tensor.name);
        const problem = known?.datatype === tensor.datatype ? problemOfValues(known, tensor) : undefined;
        if (problem !== undefined) say(key, path, `${side.slice(0, -1)} ${JSON.stringify(tensor.name)}: ${problem}`);
      }
    };
    if (asked !== undefined) {
      const shapes = unify(declared, {
        inputs: asked.tensors,
        ...(answered === undefined ? {} : { outputs: answered.tensors }),
        ...(asked.requested === undefined ? {} : { requested: asked.requested }),
      });
      for (const { place, message } of shapes.verdict === 'fail' ? shapes.mismatches : []) {
        const isAnswer = place.side === 'outputs' && answered !== undefined && response !== undefined;
        say(isAnswer ? 'response' : 'request', isAnswer ? response : request, message);
      }
      check('inputs', asked);
    }
    if (answered !== undefined) check('outputs', answered);
    return found;
  });
}

function messageOf(bytes: Uint8Array, side: Side, path: string): Message | { readonly problem: string } {
  try {
    return readMessage(bytes, side, path);
  } catch (error) {
    if (!(error instanceof WaybillError)) throw error;
    return { problem: error.message.replace(/^.*?: /, '') };
  }
}
