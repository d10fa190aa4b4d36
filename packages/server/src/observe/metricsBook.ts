import { collectDefaultMetrics, Counter, Gauge as PromGauge, Histogram, Registry } from 'prom-client';
import type { Clock } from '../ports/clock.ts';
import type { CountLabels, DurationLabels, Gauge, LoopDelay, MetricsBook } from '../ports/metrics.ts';
import { exposeGauges } from './exposeGauges.ts';

type Labels<Table> = {
  readonly [Name in keyof Table]: { readonly help: string; readonly labels: readonly string[] };
};

const COUNTS: Labels<CountLabels> = {
  tapekeeper_fires_total: {
    help: 'Decisions about due moments, by what was decided: ran, skipped, missed.',
    labels: ['decision'],
  },
  tapekeeper_items_total: {
    help: 'Items of runs that this process has committed: done, failed, or pending for another try.',
    labels: ['dataset', 'state'],
  },
  tapekeeper_symbol_outcomes_total: {
    help: 'What runs of this process did for each symbol.',
    labels: ['dataset', 'outcome'],
  },
  tapekeeper_rows_written_total: {
    help: 'Rows that this process has written: inserted, updated, or found unchanged.',
    labels: ['dataset', 'change'],
  },
  tapekeeper_source_calls_total: {
    help: 'Calls that this process has made to hosts of sources.',
    labels: ['host'],
  },
  tapekeeper_source_errors_total: {
    help: 'Questions to sources that failed in this process, by the code of the error.',
    labels: ['source', 'code'],
  },
};

interface Duration {
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper ends, in seconds. */
  readonly buckets: readonly number[];
}

const DURATIONS: { readonly [Name in keyof DurationLabels]: Duration } = {
  tapekeeper_http_request_duration_seconds: {
    help: 'Time from the first byte of a request to the last of its answer, by the template of its route.',
    labels: ['route', 'method', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
  },
  tapekeeper_fire_lateness_seconds: {
    help: 'Time from a due moment to the decision about it.',
    labels: [],
    buckets: [0.1, 0.25, 0.5, 1, 2, 5, 30, 300],
  },
};

const WINDOW_MS = 1_000;

export interface BookOptions {
  /** Memory, garbage, handles and the event loop under their usual names; not where a process has several books. */
  readonly ofProcess?: boolean;
  /** Without it the event loop is never late. */
  readonly loop?: LoopDelay;
}

/** The numbers of a process, in a registry of their own. */
export function createMetricsBook(clock: Clock, { ofProcess = true, loop }: BookOptions = {}): MetricsBook {
  const registry = new Registry();
  if (ofProcess) collectDefaultMetrics({ register: registry, prefix: 'tapekeeper_' });
  const counters = mapValues(COUNTS, (name, { help, labels }) => {
    return new Counter({ name, help, labelNames: [...labels], registers: [registry] });
  });
  const histograms = mapValues(DURATIONS, (name, { help, labels, buckets }) => {
    const shape = { name, help, labelNames: [...labels], buckets: [...buckets] };
    return new Histogram({ ...shape, registers: [registry] });
  });
  return {
    count: (name, labels, by = 1) => void (by > 0 && counters[name].inc({ ...labels }, by)),
    took: (name, labels, seconds) => histograms[name].observe({ ...labels }, Math.max(0, seconds)),
    watch(name, help, read) {
      registry.removeSingleMetric(name);
      const collect = function (this: PromGauge): void {
        this.set(read());
      };
      new PromGauge({ name, help, registers: [registry], collect });
    },
    async expose(read: readonly Gauge[]) {
      const own = await registry.metrics();
      return { contentType: registry.contentType, text: `${own}\n${exposeGauges(read)}` };
    },
    lateMs: loop === undefined ? () => 0 : lateness(clock, loop),
  };
}

/** A look at the delays of the last whole window; nothing runs while nobody asks. */
function lateness(clock: Clock, loop: LoopDelay): () => number {
  let since = clock.monotonic();
  let lateMs = 0;
  return () => {
    const now = clock.monotonic();
    if (now - since < WINDOW_MS) return lateMs;
    // where nobody has asked for long, what was then says nothing of now
    lateMs = now - since > 2 * WINDOW_MS ? 0 : loop.meanMs();
    loop.reset();
    since = now;
    return lateMs;
  };
}

function mapValues<Name extends string, From, To>(
  table: Readonly<Record<Name, From>>,
  map: (name: Name, value: From) => To,
): Record<Name, To> {
  const entries = Object.entries<From>(table).map(([name, value]) => [name, map(name as Name, value)]);
  return Object.fromEntries(entries) as Record<Name, To>;
}
