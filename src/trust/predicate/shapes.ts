/**
 * Shapes that predicates of in-toto have in common: in-toto Attestation Framework v1, "Field types" and
 * "ResourceDescriptor". Unknown members are let through, as its parsing rules ask; null means absent.
 */
import { z } from 'zod';

const URI = /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/;

export const uri = z.string().regex(URI, 'a URI, like https://example.com/name');
export const timestamp = z.iso.datetime({ offset: true, error: 'a time, like 2026-11-23T15:00:00Z' });
export const text = z.string();
export const someText = z.string().min(1, 'text that is not empty');

/** Digests by the names of their algorithms. */
export const digestSet = z.record(z.string(), z.string().regex(/^[0-9a-f]+$/, 'a digest in lower-case hex'));

export const resource = z.looseObject({
  name: text.nullish(),
  uri: text.nullish(),
  digest: digestSet.nullish(),
  content: text.nullish(),
  downloadLocation: text.nullish(),
  mediaType: text.nullish(),
  annotations: z.record(z.string(), z.unknown()).nullish(),
});
