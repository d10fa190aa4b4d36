/** What is counted while the program runs, with the labels of each count. */
export interface CountLabels {
  tapekeeper_fires_total: 'decision';
  tapekeeper_items_total: 'dataset' | 'state';
  tapekeeper_symbol_outcomes_total: 'dataset' | 'outcome';
  tapekeeper_rows_written_total: 'dataset' | 'change';
  tapekeeper_source_calls_total: 'host';
  tapekeeper_source_errors_total: 'source' | 'code';
}

/** What is measured in seconds, and by which labels. */
export interface DurationLabels {
  tapekeeper_http_request_duration_seconds: 'route' | 'method' | 'status';
  tapekeeper_fire_lateness_seconds: never;
}

/** Counters and durations of this process. Labels are words of ours, never what people or sources write. */
export interface Metrics {
  count<Name extends keyof CountLabels>(
    name: Name,
    labels: Readonly<Record<CountLabels[Name], string>>,
    by?: number,
  ): void;
  took<Name extends keyof DurationLabels>(
    name: Name,
    labels: Readonly<Record<DurationLabels[Name], string>>,
    seconds: number,
  ): void;
  /** A number of this process that is asked for whenever somebody looks; the last one of a name counts. */
  watch(name: string, help: string, read: () => number): void;
}

/** One number of the moment under a name, for each set of labels. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  /** `counter` for what only grows, though it is read and not counted here. */
  readonly kind?: 'gauge' | 'counter';
  readonly values: readonly GaugeValue[];
}

export interface GaugeValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All numbers in the text form of Prometheus. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** How late the timers of this process are. */
export interface LoopDelay {
  /** Since the last reset, in milliseconds. */
  meanMs(): number;
  reset(): void;
}

/** What tells the numbers of this process, with those that were just read elsewhere. */
export interface MetricsBook extends Metrics {
  expose(read: readonly Gauge[]): Promise<Exposition>;
  /** How late the event loop is on average, in milliseconds, over the last second. */
  lateMs(): number;
}
