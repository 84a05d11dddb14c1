/**
 * One request at a time touches an upload. A newer one ends the older one first: after a broken line
 * the older one is a connection of which nobody will hear again. Without this, two requests would
 * write over each other, and what was hashed would not be what was stored.
 */
import { WaybillError } from '../../base/errors.ts';

/** What a request waits for, and is told. */
export interface Claim {
  granted(): void;
  /** Somebody newer waits. */
  pressed(): void;
}

/** Decides whose turn it is: here, or for several processes in one of them. */
export interface TurnKeeping {
  ask(id: string, claim: Claim): void;
  /** Gives a turn back, or no longer waits for it. */
  end(id: string, claim: Claim): void;
}

/** For each upload who has his turn, and behind him those who wait. */
export class TurnKeeper implements TurnKeeping {
  readonly #claims = new Map<string, [Claim, ...Claim[]]>();

  ask(id: string, claim: Claim): void {
    const claims = this.#claims.get(id);
    if (claims === undefined) {
      this.#claims.set(id, [claim]);
      claim.granted();
    } else {
      claims.push(claim);
      claims[0].pressed();
    }
  }

  end(id: string, claim: Claim): void {
    const claims = this.#claims.get(id) ?? [];
    const isHolder = claims[0] === claim;
    const [next, ...others] = claims.filter((other) => other !== claim);
    if (next === undefined) this.#claims.delete(id);
    else this.#claims.set(id, [next, ...others]);
    if (next === undefined || !isHolder) return;
    next.granted();
    if (others.length > 0) next.pressed();
  }
}

/** The turn of a request. */
export class Turn {
  #stop: ((reason: WaybillError) => void) | undefined;
  #isPressed = false;

  /** How to end the work early, while it may be ended; undefined while it may not. */
  set stop(stop: ((reason: WaybillError) => void) | undefined) {
    this.#stop = stop;
    if (this.#isPressed) this.press();
  }

  press(): void {
    this.#isPressed = true;
    this.#stop?.(new WaybillError('STORE_BUSY', 'Cannot store the upload: a newer request for it has taken over'));
  }
}

export class UploadTurns {
  readonly #keeper: TurnKeeping;

  constructor(keeper: TurnKeeping = new TurnKeeper()) {
    this.#keeper = keeper;
  }

  /** Does the work when nobody else works on the upload. @throws what the work throws */
  async take<Result>(id: string, work: (turn: Turn) => Promise<Result>): Promise<Result> {
    const turn = new Turn();
    const { promise: granted, resolve } = Promise.withResolvers<void>();
    const claim: Claim = { granted: resolve, pressed: () => turn.press() };
    this.#keeper.ask(id, claim);
    try {
      await granted;
      return await work(turn);
    } finally {
      this.#keeper.end(id, claim);
    }
  }
}
