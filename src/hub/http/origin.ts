/** The hub's own address, as a client must use it. */
import { WaybillError } from '../../base/errors.ts';

export interface Origins {
  /** What the configuration says; absent: what the request was sent to. */
  readonly external?: string;
  readonly isTls: boolean;
  /** `HOST:PORT` on which the hub listens. */
  readonly listening: string;
  /**
   * Only requests that were sent to a name of this machine: where nobody is asked who he is, a page
   * in a browser could else reach the hub under a name of its own ("DNS rebinding").
   */
  isLocalOnly(): boolean;
}

const HOST = /^(?:[A-Za-z0-9_.-]{1,255}|\[[0-9a-fA-F:.]{2,45}\])(?::\d{1,5})?$/;
const LOCAL = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** @throws WaybillError DENIED for a request that was meant for another host */
export function originOf({ external, isTls, listening, isLocalOnly }: Origins, host: string | undefined): string {
  if (
    isLocalOnly() &&
    host !== undefined &&
    !LOCAL.test(host) &&
    `https://${host}` !== external &&
    `http://${host}` !== external
  ) {
    throw new WaybillError(
      'DENIED',
      'Cannot answer: this hub asks nobody who he is, so it answers to the names of its own machine only (localhost, 127.0.0.1). To use another, add a user, or set url in hub.yaml',
    );
  }
  if (external !== undefined) return external;
  return `${isTls ? 'https' : 'http'}://${host !== undefined && HOST.test(host) ? host : listening}`;
}
