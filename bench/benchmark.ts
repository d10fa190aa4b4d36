import type { Report } from './measure/report.ts';

/** `small` is what all benchmarks together do in minutes; `full` is one of them on real or large data. */
export type Size = 'small' | 'full';

export interface Benchmark {
  readonly name: string;
  /** What is measured against what, for the list of names. */
  readonly about: string;
  /** `runs` is the length of the long history, where there is one, instead of the usual. */
  run(size: Size, report: Report, runs?: number): Promise<void>;
}
