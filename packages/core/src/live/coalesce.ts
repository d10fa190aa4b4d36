import type { Instant } from '../day.ts';

/** An event of the log, as it is told. */
export interface LiveEvent {
  readonly seq: number;
  readonly kind: string;
  readonly at: Instant;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Numbers of all events that it stands for, its own the last of them; left out where it is one alone. */
  readonly merged?: readonly number[];
}

type Payload = LiveEvent['payload'];

/** Counters of `progress`, which say how much was done since the last event, and so add up. */
const ADDED = ['items', 'rows'] as const;

/**
 * The same events with those of the progress and of the steps of one run made into one each, in the place of
 * the last. Counters of progress are added up, of each step the newest state holds: whoever reads the merged
 * events knows as much in the end as whoever reads all of them. The numbers that were merged are named.
 * @example coalesce([progress(1, { runId: 7, items: 2 }), progress(2, { runId: 7, items: 3 })])
 * // [{ seq: 2, payload: { runId: 7, items: 5 }, merged: [1, 2], … }]
 */
export function coalesce(events: readonly LiveEvent[]): readonly LiveEvent[] {
  const merged = new Map<string, LiveEvent>();
  for (const event of events) {
    const key = mergeKey(event);
    const former = merged.get(key);
    merged.delete(key);
    merged.set(key, former === undefined ? event : mergeTwo(former, event));
  }
  return [...merged.values()];
}

/** Events of one key become one; others have a key of their own. */
function mergeKey({ kind, seq, payload }: LiveEvent): string {
  const { runId } = payload;
  const isMergeable = (kind === 'progress' || kind === 'step') && typeof runId === 'number';
  return isMergeable ? `${kind}:${runId}` : `#${seq}`;
}

function mergeTwo(former: LiveEvent, later: LiveEvent): LiveEvent {
  const payload =
    later.kind === 'step'
      ? mergeSteps(former.payload, later.payload)
      : addCounters(former.payload, later.payload);
  const numbers = [...(former.merged ?? [former.seq]), ...(later.merged ?? [later.seq])];
  return { ...later, payload, merged: numbers };
}

/** Where the events are of several shards, the sum is of none of them. */
function addCounters(former: Payload, later: Payload): Payload {
  const sums = Object.fromEntries(
    ADDED.flatMap((field): [string, number][] => {
      const [one, other] = [former[field], later[field]];
      return typeof one === 'number' && typeof other === 'number' ? [[field, one + other]] : [];
    }),
  );
  const shard = former['shardNo'] === later['shardNo'] ? {} : { shardNo: null };
  return { ...later, ...sums, ...shard };
}

function mergeSteps(former: Payload, later: Payload): Payload {
  const steps = new Map([...stepsOf(former), ...stepsOf(later)].map((step) => [step.no, step]));
  return { ...later, steps: [...steps.values()].toSorted((a, b) => a.no - b.no) };
}

function stepsOf(payload: Payload): readonly { readonly no: number }[] {
  const steps = payload['steps'];
  return Array.isArray(steps) ? (steps as readonly { readonly no: number }[]) : [];
}
