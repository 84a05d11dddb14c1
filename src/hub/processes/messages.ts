/** What the processes of a hub say to each other: plain values, in order. */
import type { ErrorCode } from '../../base/errors.ts';
import type { Anonymous } from '../access/access.ts';
import type { Settings } from '../configuration/settings.ts';
import type { Figures } from '../http/metrics.ts';
import type { ServedRequest } from '../http/server.ts';

export type ToWorker =
  /** @param listening `HOST:PORT` of the first process */
  | { readonly kind: 'start'; readonly settings: Settings; readonly listening: string }
  /** With a connection, on which nothing was read. */
  | { readonly kind: 'connection'; readonly connection: number }
  /** About the claim on an upload of that number. */
  | { readonly kind: 'granted' | 'pressed'; readonly claim: number }
  /** Wants to know what the process has counted. */
  | { readonly kind: 'count'; readonly question: number }
  /** Answers `figures`. */
  | { readonly kind: 'figures'; readonly question: number; readonly text: string }
  | { readonly kind: 'drain' };

export type ToPrimary =
  /** Under that name it notes what it is about to change. */
  | { readonly kind: 'opened'; readonly owner: string }
  | { readonly kind: 'ready'; readonly address: string; readonly anonymous: Anonymous }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** That connection is its own now. */
  | { readonly kind: 'taken'; readonly connection: number }
  | { readonly kind: 'served'; readonly requests: readonly ServedRequest[] }
  | { readonly kind: 'ask'; readonly id: string; readonly claim: number }
  | { readonly kind: 'end'; readonly claim: number }
  | { readonly kind: 'figures'; readonly question: number }
  | { readonly kind: 'counted'; readonly question: number; readonly figures: Figures };

/** A WaybillError, or a bug with its stack. */
export type Failure =
  | { readonly code: ErrorCode; readonly message: string; readonly hint?: string }
  | { readonly bug: string };
