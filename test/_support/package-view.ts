/** Packages in memory, as `compat` looks at them. */
import type { PackageView } from '../../src/model/environment/compat/package-view.ts';
import { bytesSource } from '../../src/model/model-file/byte-source.ts';
import { parseWaybillFile } from '../../src/model/waybill-file/parse.ts';

export interface ViewParts {
  /** What follows the components in waybill.yaml. */
  readonly more?: string;
  /** Below weights/ they are weights, all others code. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly isUnpacked?: boolean;
}

export function viewOf({ more = '', files = {}, isUnpacked = true }: ViewParts): PackageView {
  const text = `waybill: 1\nname: acme/digits\nversion: 1.2.0\ncomponents: { weights: [weights/**], code: ["**"] }\n${more}\n`;
  const contents = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
  return {
    file: parseWaybillFile(text).file,
    files: [...contents].map(([path, { length }]) => ({
      path,
      component: path.startsWith('weights/') ? 'weights' : 'code',
      size: length,
    })),
    isUnpacked,
    open: async (path) => ({
      ...bytesSource(path, contents.get(path) ?? Buffer.alloc(0)),
      async [Symbol.asyncDispose]() {},
    }),
    text: async (path, limit) => contents.get(path)?.subarray(0, limit).toString('utf8'),
  };
}

export const requires = (text: string): string => `environment: { requires: { ${text} } }`;
