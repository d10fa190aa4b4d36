import type { SourceId } from '@tapekeeper/core';
import type { CallInFlight } from '../ports/explainStore.ts';
import type { RunId } from '../ports/runStore.ts';
import type { AppDeps } from './deps.ts';

/** For whom a source is asked. */
export interface CallOwner {
  readonly runId: RunId;
  readonly itemNo: number;
  readonly source: SourceId;
}

/** What becomes of one question, told while it does. */
export interface CallTrack {
  /** A call wants to go out, and waits for the budget and breaker of its host. */
  waits(host: string, api: string): void;
  /** It has gone out. */
  sent(host: string, api: string): void;
  /** The question is put again after a pause. */
  pauses(ms: number): void;
  ended(): void;
}

/** The calls that this process has out, so that people can be told what a run is waiting for. */
export interface CallsInFlight {
  track(owner: CallOwner): CallTrack;
  all(): readonly CallInFlight[];
}

interface Tracked extends Omit<CallInFlight, 'forMs' | 'pauseLeftMs'> {
  readonly at: number;
  readonly pauseMs: number | null;
}

type InFlightDeps = Pick<AppDeps, 'store' | 'clock'>;

/** One list for each store: whoever works on it, and whoever tells of the work, mean the same. */
const lists = new WeakMap<AppDeps['store'], CallsInFlight>();

export function callsInFlight(deps: InFlightDeps): CallsInFlight {
  const known = lists.get(deps.store);
  if (known !== undefined) return known;
  const made = createList(deps);
  lists.set(deps.store, made);
  return made;
}

function createList({ clock }: InFlightDeps): CallsInFlight {
  const open = new Map<symbol, Tracked>();
  return {
    track(owner) {
      const key = Symbol('call');
      const note = (
        where: CallInFlight['where'],
        host: string | null,
        api: string | null,
        pauseMs?: number,
      ) =>
        void open.set(key, { ...owner, where, host, api, at: clock.monotonic(), pauseMs: pauseMs ?? null });
      return {
        waits: (host, api) => note('gate', host, api),
        sent: (host, api) => note('wire', host, api),
        pauses(ms) {
          const last = open.get(key);
          note('pause', last?.host ?? null, last?.api ?? null, ms);
        },
        ended: () => void open.delete(key),
      };
    },
    all() {
      const now = clock.monotonic();
      return [...open.values()].map(({ at, pauseMs, ...call }) => ({
        ...call,
        forMs: Math.max(0, now - at),
        pauseLeftMs: pauseMs === null ? null : Math.max(0, at + pauseMs - now),
      }));
    },
  };
}
