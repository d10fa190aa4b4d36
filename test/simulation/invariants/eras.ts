import {
  builtinCalendar,
  occurrencesOf,
  type Instant,
  type Occurrences,
  type Schedule,
} from '@tapekeeper/core';
import { cronReader } from '../../../packages/server/src/cron/cronReader.ts';
import type { Memory } from '../memory/memory.ts';
import type { JobRow } from '../memory/tables.ts';

/** A time in which a job was enabled with one schedule: its moments are those after the beginning. */
export interface Era {
  readonly from: Instant;
  until: Instant | null;
  readonly occurrences: Occurrences;
  readonly schedule: Schedule;
}

/** What was wished of the jobs, noted from outside: what their fires are judged by. */
export interface Eras {
  /** Looks at the jobs after somebody may have changed them. */
  note(): void;
  of(jobId: number): readonly Era[];
}

export function createEras(memory: Memory): Eras {
  const eras = new Map<number, Era[]>();

  const noteJob = (job: JobRow): void => {
    const known = eras.get(job.id) ?? [];
    eras.set(job.id, known);
    const last = known.at(-1);
    const isOpen = last !== undefined && last.until === null;
    const { schedule } = job.definition;
    const isEnabled = job.state === 'enabled' && job.deletedAt === null;
    if (isOpen && isEnabled && isSame(last.schedule, schedule)) return;
    if (isOpen) last.until = memory.now();
    if (!isEnabled) return;
    const occurrences = occurrencesOf(schedule, {
      calendar: builtinCalendar(),
      readCron: cronReader,
      key: job.key,
    });
    known.push({ from: memory.now(), until: null, occurrences, schedule });
  };

  return {
    note() {
      for (const job of memory.tables.jobs.values()) noteJob(job);
    },
    of: (jobId) => eras.get(jobId) ?? [],
  };
}

function isSame(one: Schedule, other: Schedule): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
