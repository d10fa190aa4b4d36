import { endedWell, type Instant, type Moment } from '@tapekeeper/core';
import { isOver } from '../memory/runs.ts';
import type { FireRow, JobRow, RunRow } from '../memory/tables.ts';
import type { Era } from './eras.ts';
import { firstOf, type Invariant, type Scene } from './scene.ts';

/** A scheduler that is in nobody's way decides within this. */
const LATEST_MS = 15_000;

export const FIRE_INVARIANTS: readonly Invariant[] = [
  {
    name: 'each due moment lies in exactly one fire',
    check: (scene) => firstOf(scene.memory.tables.jobs.values(), (job) => judgeJob(scene, job)),
  },
  {
    name: 'a due moment is decided about in time',
    check(scene) {
      if (scene.calmMs() < LATEST_MS) return undefined;
      return firstOf(scene.memory.tables.jobs.values(), ({ id, next, state }) => {
        if (state !== 'enabled' || next === null || next.dueAt > scene.now() - LATEST_MS) return undefined;
        return `job ${id} has been due for ${scene.now() - next.dueAt} ms`;
      });
    },
  },
  {
    name: 'each fire has exactly one run, which is as it was decided',
    check({ memory: { tables } }) {
      const runs = Map.groupBy(tables.runs.values(), ({ fireId }) => fireId);
      return firstOf(tables.fires.values(), (fire) => judgeRuns(fire, runs.get(fire.id) ?? []));
    },
  },
  {
    name: 'a run that ended well fires each of its followers once',
    check({ memory: { tables } }) {
      const seen = new Set<string>();
      return firstOf(tables.fires.values(), ({ jobId, upstreamRunId }) => {
        if (upstreamRunId === null) return undefined;
        const key = `job ${jobId} after run ${upstreamRunId}`;
        if (seen.has(key)) return `${key} fired twice`;
        seen.add(key);
        const upstream = tables.runs.get(upstreamRunId);
        return upstream !== undefined && endedWell(upstream.state)
          ? undefined
          : `${key}, which is ${upstream?.state}`;
      });
    },
  },
];

/** The moments of the eras in which the job was enabled, one after the other, against its fires. */
function judgeJob({ memory, eras }: Scene, job: JobRow): string | undefined {
  const all = eras.of(job.id);
  const fires = [...memory.tables.fires.values()]
    .filter((fire) => fire.jobId === job.id && fire.upstreamRunId === null)
    .toSorted((a, b) => a.scheduledFor - b.scheduledFor);
  let place = 0;
  let told: string | undefined;
  for (const era of all) {
    let cursor: Instant = era.from;
    while (told === undefined && place < fires.length && belongs(fires[place] as FireRow, era)) {
      const fire = fires[place] as FireRow;
      told = judgeFire(era, cursor, fire);
      cursor = fire.until;
      place += 1;
    }
    if (told === undefined && era.until === null) told = judgeNext(job, era.occurrences.next(cursor));
  }
  const stray = fires[place];
  if (told === undefined && stray !== undefined)
    told = `fire ${stray.id} of ${stray.scheduledFor} belongs to no time in which its job was enabled`;
  return told && `job ${job.id}: ${told}`;
}

/** Decided about while the era lasted, for a moment of it. */
function belongs({ scheduledFor, decidedAt }: FireRow, { from, until }: Era): boolean {
  return scheduledFor > from && (until === null || decidedAt <= until);
}

function judgeFire({ occurrences }: Era, cursor: Instant, fire: FireRow): string | undefined {
  let moment = occurrences.next(cursor);
  if (moment?.scheduledFor !== fire.scheduledFor)
    return `fire ${fire.id} is of ${fire.scheduledFor}, the next moment was ${moment?.scheduledFor}`;
  let count = 0;
  let last: Moment | undefined;
  for (
    ;
    moment !== undefined && moment.scheduledFor <= fire.until;
    moment = occurrences.next(moment.scheduledFor)
  ) {
    count += 1;
    last = moment;
  }
  if (count !== fire.dueCount || last?.scheduledFor !== fire.until)
    return `fire ${fire.id} counts ${fire.dueCount} moments to ${fire.until}, there are ${count}`;
  return undefined;
}

function judgeNext({ next }: JobRow, expected: Moment | undefined): string | undefined {
  if (next?.scheduledFor === expected?.scheduledFor && next?.dueAt === expected?.dueAt) return undefined;
  return `waits for ${JSON.stringify(next)}, not for ${JSON.stringify(expected)}`;
}

function judgeRuns(fire: FireRow, runs: readonly RunRow[]): string | undefined {
  const [run] = runs;
  if (runs.length !== 1 || run === undefined) return `fire ${fire.id} has ${runs.length} runs`;
  if (run.jobId !== fire.jobId) return `fire ${fire.id} has run ${run.id} of another job`;
  const isBornOver = run.state === fire.decision && run.startedAt === null;
  if (fire.decision !== 'ran' && !(isOver(run) && isBornOver))
    return `fire ${fire.id} was ${fire.decision}, and its run ${run.id} is ${run.state}`;
  return undefined;
}
