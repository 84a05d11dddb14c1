/** A section of a file that people write: known keys only, but for the user's own `x-…`. */
import { z } from 'zod';

/** What `section` does, as a JSON Schema says it. */
const CLOSED = { additionalProperties: false, patternProperties: { '^x-': {} } };

/** An object that refuses unknown keys (a typo is an error) and keeps those that begin with `x-`. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$loose> {
  const refuseUnknown = (value: unknown, context: z.core.$RefinementCtx) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const unknown = Object.keys(value).filter((key) => !Object.hasOwn(shape, key) && !key.startsWith('x-'));
    for (const key of unknown) {
      context.addIssue({
        code: 'custom',
        path: [key],
        message: '',
        params: { unknownKey: key, known: Object.keys(shape) },
      });
    }
  };
  // Also when a value is wrong: a person wants to read of all problems at once.
  const object = z.looseObject(shape).superRefine(refuseUnknown, { when: () => true });
  // Metadata, unlike the object's identity, survives `.describe()`, `.refine()` and `.optional()`.
  return object.meta(CLOSED) as unknown as z.ZodObject<Shape, z.core.$loose>;
}
