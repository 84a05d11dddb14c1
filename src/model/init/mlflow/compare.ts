/** Where the signature of an MLflow model says something else than its model file: the file is what an engine takes. */
import type { DeclaredInterface } from '../../facts/statements.ts';
import { tensorText } from '../../facts/statements.ts';
import { MLMODEL } from './mlmodel.ts';

/** @returns lines for a person; nothing where both say the same, or where one of them is absent */
export function differencesOfSignature(
  signature: DeclaredInterface | undefined,
  file: DeclaredInterface | undefined,
): readonly string[] {
  if (signature === undefined || file === undefined) return [];
  return (['inputs', 'outputs'] as const).flatMap((side) => {
    const [said, found] = [signature[side], file[side]].map((tensors) => tensors.map(plainText).sort().join('; '));
    if (said === found || said === '') return [];
    return [
      `interface.${side}: the signature in ${MLMODEL} says ${said}, the model file ${found}; taken is the file's`,
    ];
  });
}

/** Names of dimensions are not known to MLflow. */
function plainText({ name, datatype, shape }: DeclaredInterface['inputs'][number]): string {
  return tensorText({ name, datatype, shape: shape.map((size) => (typeof size === 'string' ? -1 : size)) });
}
