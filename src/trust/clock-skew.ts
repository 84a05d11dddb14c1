/** Clocks of honest machines differ by less, in milliseconds. */
export const CLOCK_SKEW: number = 5 * 60_000;
