import type { JobStore } from './jobStore.ts';
import type { QualityStore } from './qualityStore.ts';
import type { RunStore } from './runStore.ts';

/** The right to work on a request that came with a key; a later attempt ends that of an earlier one. */
export interface RequestClaim {
  readonly id: number;
  readonly attempt: number;
}

/** A request with the key that its sender gave it. */
export interface KeyedRequest {
  /** Whose key it is: two people may think of the same one. */
  readonly owner: string;
  readonly key: string;
  readonly operation: string;
  /** SHA-256 of everything that is asked for. */
  readonly digest: Uint8Array;
}

/** How it stands with the key of a request. */
export type RequestStanding =
  /** Nobody works on it: the claim is the caller's. */
  | { readonly kind: 'claimed'; readonly claim: RequestClaim }
  /** Its work is done; the answer is null where nobody got to give one. */
  | { readonly kind: 'made'; readonly claim: RequestClaim; readonly madeId: number; readonly answer: unknown }
  /** Somebody works on it, and is taken for dead after this time. */
  | { readonly kind: 'busy'; readonly leftMs: number }
  /** The key came with another request, of this operation. */
  | { readonly kind: 'mismatch'; readonly operation: string };

/** What makes the things that a request can ask for. */
export type Making = Pick<RunStore, 'createRun'> &
  Pick<JobStore, 'triggerJob' | 'createJob'> &
  Pick<QualityStore, 'beginReconciliation'>;

/** Requests that are answered once, however often they are sent. */
export interface RequestStore {
  /** Claims a request, or says why it cannot be. Keys are forgotten after a day, counted from their first use. */
  claimRequest(request: KeyedRequest): Promise<RequestStanding>;
  /**
   * What makes things under a claim: that a thing was made is noted in the transaction that makes it. Raises
   * `idempotency_busy`, and makes nothing, where the request has been taken over.
   */
  makingFor(claim: RequestClaim): Making;
  /** Keeps what was answered, for whoever asks again. */
  keepAnswer(claim: RequestClaim, madeId: number, answer: unknown): Promise<void>;
  /** Forgets the key of a request that made nothing. */
  forgetRequest(claim: RequestClaim): Promise<void>;
}
