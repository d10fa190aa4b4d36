import { AppError } from '@tapekeeper/core';
import type { Store } from '../../packages/server/src/ports/store.ts';

/** The one call of a store that goes wrong. */
export interface StoreFault {
  /**
   * `before` nothing happens; `after` it does, and the answer is lost on the way (an ambiguous commit),
   * which for a call that only reads would be the same.
   */
  readonly when: 'before' | 'after';
  /** Which of the calls that can go wrong so, counted from 1. */
  readonly nth: number;
}

/** Calls that change nothing. */
const READING: ReadonlySet<string> = new Set<keyof Store>([
  'requirementsOf',
  'heldRows',
  'instruments',
  'calendarDays',
  'calendarVersion',
  'coverageOf',
  'freshness',
  'coveredSpan',
  'recentDayRows',
  'rights',
  'leaseWanted',
]);

export interface FaultyStore {
  readonly store: Store;
  /** Counts calls anew, and strikes the one of the fault. */
  arm(fault: StoreFault): void;
  /** The method that was struck, if the fault has struck already. */
  struck(): keyof Store | undefined;
}

export function faultyStore(inner: Store): FaultyStore {
  let armed: StoreFault | undefined;
  let calls = 0;
  let struck: keyof Store | undefined;
  const lost = () =>
    new AppError('database_unreachable', { host: 'test', message: 'the connection is lost.' });
  const store = new Proxy(inner, {
    get(target, name: keyof Store) {
      const method = target[name] as (...input: unknown[]) => Promise<unknown>;
      return async (...input: unknown[]): Promise<unknown> => {
        if (armed?.when === 'after' && READING.has(name)) return method(...input);
        if (++calls !== armed?.nth) return method(...input);
        struck = name;
        if (armed.when === 'after') await method(...input);
        throw lost();
      };
    },
  });
  return {
    store,
    arm(fault) {
      armed = fault;
      calls = 0;
      struck = undefined;
    },
    struck: () => struck,
  };
}
