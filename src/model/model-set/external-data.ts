/** Files of a package in which a model keeps tensors outside its own: `docs/ExternalData.md` of ONNX. */
import path from 'node:path';
import type { Tensor } from '../model-file/tensor.ts';
import type { PackageFile } from './package-file.ts';

/** The file of the package that has its bytes: the model's own, or one that it names beside it. */
export function placeOf({ file: beside }: Pick<Tensor, 'file'>, model: string): string {
  return beside === undefined ? model : path.posix.join(path.posix.dirname(model), beside);
}

/**
 * Each has to be there, and to be as long as the tensors need.
 * @param refuse makes the error of what was found
 */
export function checkExternalData(
  model: string,
  { tensors, files }: { tensors: readonly Tensor[]; files: readonly PackageFile[] },
  refuse: (found: string) => Error,
): void {
  const sizes = new Map(files.map(({ path: file, size }) => [file, size]));
  for (const tensor of tensors) {
    if (tensor.file === undefined) continue;
    const place = placeOf(tensor, model);
    const size = sizes.get(place);
    const shown = `the tensor ${JSON.stringify(tensor.name)} lies in ${place}`;
    if (size === undefined) throw refuse(`${shown}, which is not in the package`);
    if (tensor.end > size) throw refuse(`${shown} up to byte ${tensor.end}, which has ${size}`);
  }
}
