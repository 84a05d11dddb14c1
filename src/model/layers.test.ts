import { expect, test } from 'vitest';
import { WaybillError } from '../base/errors.ts';
import { type LayerFile, planLayers } from './layers.ts';
import type { Component } from './media-types.ts';

const files = (component: Component, count: number, size: number, prefix = 'f'): LayerFile[] =>
  Array.from({ length: count }, (_, index) => ({
    component,
    size,
    path: `${prefix}/${String(index).padStart(6, '0')}`,
  }));

const shape = (list: readonly LayerFile[]) =>
  planLayers(list).map((layer) =>
    layer.form === 'raw' ? layer.file.path : `${layer.component}:${layer.files.length}`,
  );

test('planLayers() makes one layer for each of 64 small files, and a bundle of 65', () => {
  expect(planLayers(files('code', 64, 10))).toHaveLength(64);
  expect(shape(files('code', 65, 10))).toEqual(['code:65']);
});

test('planLayers() counts empty files as small, and 64 KiB as large', () => {
  expect(shape([...files('docs', 65, 0), { component: 'docs', size: 65_536, path: 'big' }])).toEqual([
    'big',
    'docs:65',
  ]);
  expect(planLayers(files('docs', 65, 65_536))).toHaveLength(65);
});

test('planLayers() keeps waybill.yaml and top-level README and LICENSE files raw', () => {
  const raw = ['LICENSE', 'LICENCE.txt', 'README.md', 'waybill.yaml'].map(
    (path): LayerFile => ({ component: 'docs', size: 5, path }),
  );
  expect(shape([...raw, ...files('docs', 65, 10)])).toEqual([...raw.map(({ path }) => path), 'docs:65']);
  expect(shape([{ component: 'docs', size: 5, path: 'sub/README.md' }, ...files('docs', 65, 10)])).toEqual(['docs:66']);
});

test('planLayers() orders weight.config, weight, code, doc, dataset', () => {
  const order: Component[] = ['data', 'docs', 'code', 'weights', 'config'];
  expect(shape(order.map((component) => ({ component, size: 1, path: component })))).toEqual([
    'config',
    'weights',
    'code',
    'docs',
    'data',
  ]);
});

test('planLayers() never bundles weights while there are few layers', () => {
  expect(planLayers(files('weights', 1_000, 10))).toHaveLength(1_000);
});

test('planLayers() bundles other components at any size above 2,000 layers', () => {
  expect(shape([...files('data', 2_001, 100_000)])).toEqual(['data:2001']);
});

test('planLayers() bundles small weights when that is not enough', () => {
  expect(shape([...files('weights', 2_001, 10), { component: 'weights', size: 1e6, path: 'z' }])).toEqual([
    'z',
    'weights:2001',
  ]);
});

test('planLayers() names the limit when even bundles leave too many', () => {
  expect(() => planLayers(files('weights', 4_001, 1e6))).toThrow(/4001 layers, the limit is 4000/);
  expect(() => planLayers(files('weights', 4_001, 1e6))).toThrow(WaybillError);
});
