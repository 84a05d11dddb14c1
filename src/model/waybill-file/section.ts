/** A section of waybill.yaml: known keys only, but for the user's own `x-…`. */
import { z } from 'zod';

const sections = new Set<object>();

/** An object that refuses unknown keys (a typo is an error) and keeps those that begin with `x-`. */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape): z.ZodObject<Shape, z.core.$loose> {
  const object = z.looseObject(shape).superRefine((value, context) => {
    const unknown = Object.keys(value).filter((key) => !(key in shape) && !key.startsWith('x-'));
    for (const key of unknown) {
      context.addIssue({
        code: 'custom',
        path: [key],
        message: '',
        params: { unknownKey: key, known: Object.keys(shape) },
      });
    }
  });
  sections.add(object);
  return object as unknown as z.ZodObject<Shape, z.core.$loose>;
}

/** Says in a JSON Schema what `section` does: no other keys than these and `x-…`. */
export function describeSection(context: { zodSchema: object; jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (!sections.has(context.zodSchema)) return;
  context.jsonSchema.additionalProperties = false;
  context.jsonSchema.patternProperties = { '^x-': {} };
}
