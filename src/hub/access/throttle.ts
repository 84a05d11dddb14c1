/** Slows down whoever guesses passwords: after some failures within a minute, a caller is sent away unheard. */
import { WaybillError } from '../../base/errors.ts';

const WINDOW_MILLISECONDS = 60_000;
/** Nobody mistypes more often. */
const MAX_FAILURES = 10;
/** Checks take half a second of work each, one after the other. */
const MAX_WAITING = 20;
/** Callers that are remembered; beyond it the oldest are forgotten. */
const MAX_CALLERS = 10_000;

export class Throttle {
  readonly #now: () => number;
  readonly #failures = new Map<string, { count: number; since: number }>();
  #waiting = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Runs a check of a password.
   * @param caller address and user name
   * @throws WaybillError TOOMANYREQUESTS
   */
  async check<Result>(caller: string, work: () => Promise<Result | undefined>): Promise<Result | undefined> {
    const known = this.#failures.get(caller);
    const isRecent = known !== undefined && this.#now() - known.since < WINDOW_MILLISECONDS;
    if (this.#waiting >= MAX_WAITING || (isRecent && known.count >= MAX_FAILURES)) {
      throw new WaybillError('TOOMANYREQUESTS', 'Cannot check the password: too many wrong ones came before it', {
        hint: 'Wait a minute',
      });
    }
    this.#waiting += 1;
    try {
      const result = await work();
      if (result === undefined) this.#fail(caller, isRecent ? known : undefined);
      else this.#failures.delete(caller);
      return result;
    } finally {
      this.#waiting -= 1;
    }
  }

  #fail(caller: string, known: { count: number; since: number } | undefined): void {
    this.#failures.delete(caller);
    this.#failures.set(caller, { count: (known?.count ?? 0) + 1, since: known?.since ?? this.#now() });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_CALLERS && oldest !== undefined) this.#failures.delete(oldest);
  }
}
