/** How long calls of one interface take. */
export interface Latency {
  /** Exponentially weighted mean in milliseconds. */
  readonly meanMs: number;
  readonly calls: number;
}

/** Weight of the newest call, once there were as many as make it the smaller one. */
const NEWEST = 0.1;

/**
 * The mean with one more call: a plain mean at first, in which then the newest calls count most.
 * @example withCall(withCall(undefined, 100), 300) // { meanMs: 200, calls: 2 }
 */
export function withCall(latency: Latency | undefined, ms: number): Latency {
  const { meanMs, calls } = latency ?? { meanMs: 0, calls: 0 };
  const weight = Math.max(NEWEST, 1 / (calls + 1));
  return { meanMs: meanMs + weight * (ms - meanMs), calls: calls + 1 };
}
