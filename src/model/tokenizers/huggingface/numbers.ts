/** Numbers of `tokenizer.json`: 1 and 1.0 are two things, as they are for the reference reader. */

/** A number with a point, a power, or a minus before a zero. */
export class Fraction {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  valueOf(): number {
    return this.value;
  }
}

export function isNumber(value: unknown): value is number | Fraction {
  return typeof value === 'number' || value instanceof Fraction;
}

/** A whole number that 32 bits can hold. */
export function isUint32(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;
}

/** A whole number of any size that is exact. */
export function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
