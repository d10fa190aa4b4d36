import type { Protocol } from './faults/fault.ts';

/** A call as it came in; tokens and passwords are left out. */
export interface Call {
  readonly protocol: Protocol;
  readonly api: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly params: Readonly<Record<string, string>>;
}

export interface CallLog {
  add(call: Call): void;
  /** The last calls, oldest first. */
  last(): readonly Call[];
  /** Calls since the start by `tushare.daily`, `baostock.login` and so on. */
  counts(): Record<string, number>;
}

/** Keeps counts of all calls, and the last `size` calls themselves. */
export function makeCallLog(size = 1000): CallLog {
  const ring: Call[] = [];
  const counts = new Map<string, number>();
  let next = 0;
  return {
    add(call) {
      const name = `${call.protocol}.${call.api}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
      ring[next] = call;
      next = (next + 1) % size;
    },
    last: () => (ring.length < size ? ring.slice() : [...ring.slice(next), ...ring.slice(0, next)]),
    counts: () => Object.fromEntries(counts),
  };
}
