/** Which files the flavours of an MLflow model name, and so what they are. */
import type { Component } from '../../media-types.ts';
import type { Mlmodel } from './mlmodel.ts';

/** Keys of flavours under which the model itself lies: a file, or a folder of them. */
const MODEL_KEYS = new Set([
  'data',
  'model_data',
  'model_path',
  'model_binary',
  'model_file',
  'pickled_model',
  'python_model',
  'saved_model_dir',
  'state_dict',
]);
/** And under which code lies. */
const CODE_KEYS = new Set(['code', 'model_code_path', 'loader_path']);
/** In a folder of the model, these stay what they are. */
const NO_WEIGHTS = /\.(?:py|json|ya?ml|txt|md)$|(?:^|\/)(?:tokenizer|vocab|merges)[^/]*$/i;

export function componentsOfFlavors({ flavors }: Mlmodel, paths: readonly string[]): ReadonlyMap<string, Component> {
  const found = new Map<string, Component>();
  for (const [key, value] of Object.values(flavors).flatMap((flavor) => Object.entries(flavor))) {
    if (typeof value !== 'string' || value === '') continue;
    const named = value.replace(/\/+$/, '');
    const inside = paths.filter((path) => path === named || path.startsWith(`${named}/`));
    for (const path of inside) {
      if (CODE_KEYS.has(key)) found.set(path, 'code');
      else if (MODEL_KEYS.has(key) && !found.has(path) && !NO_WEIGHTS.test(path)) found.set(path, 'weights');
    }
  }
  return found;
}
