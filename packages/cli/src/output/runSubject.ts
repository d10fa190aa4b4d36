import type { Run } from '@tapekeeper/contract';
import { orDash } from './format.ts';

/** What a run is about, in a word: its data set, else its job, else what it does. */
export function subjectOf(run: Pick<Run, 'dataset' | 'job' | 'type'>): string {
  return run.dataset ?? run.job?.key ?? run.type;
}

/** The days that a run is for; a dash where it is for none. */
export function spanOf({ from, to }: Pick<Run, 'from' | 'to'>): string {
  return from === null || to === null ? orDash(null) : `${from} – ${to}`;
}
