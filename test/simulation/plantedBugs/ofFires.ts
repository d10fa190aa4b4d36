import { builtinCalendar, occurrencesOf, type Instant, type Moment } from '@tapekeeper/core';
import { cronReader } from '../../../packages/server/src/cron/cronReader.ts';
import type { JobRow } from '../memory/tables.ts';
import type { PlantedBug } from './bug.ts';

function momentAfter({ key, definition }: JobRow, after: Instant): Moment | null {
  const context = { calendar: builtinCalendar(), readCron: cronReader, key };
  return occurrencesOf(definition.schedule, context).next(after) ?? null;
}

/** Due moments that are lost, doubled or made up. */
export const BUGS_OF_FIRES: readonly PlantedBug[] = [
  {
    name: 'two schedulers decide from the same reading, and the key of a fire is ignored',
    plant({ parts, calls, memory, random }) {
      const { fireDue } = calls;
      parts.insertFire = ({ tables }, fire) => void tables.fires.set(fire.id, fire);
      parts.decidedUntil = () => null;
      calls.fireDue = (limit, decide) => {
        const read = [...memory.tables.jobs.values()].map((job) => [job, job.next] as const);
        const report = fireDue?.(limit, decide);
        if (report === undefined || report.fires === 0 || random() > 0.3) return report as never;
        for (const [job, next] of read) job.next = next;
        return fireDue?.(limit, decide) as never;
      };
    },
  },
  {
    name: 'the next moment of a job is not moved on',
    plant({ parts }) {
      parts.moveNext = (_, job, __, lastFireId) => void (job.lastFireId = lastFireId);
    },
  },
  {
    name: 'the next moment is moved on before the fire is written',
    plant({ calls, memory, random }) {
      const { msUntilDue } = calls;
      calls.msUntilDue = () => {
        const ms = msUntilDue?.() ?? null;
        if (ms === 0 && random() < 0.1) {
          for (const job of memory.tables.jobs.values())
            if (job.next !== null && job.next.dueAt <= memory.now())
              job.next = momentAfter(job, job.next.scheduledFor);
        }
        return ms;
      };
    },
  },
  {
    name: 'a job that is enabled again makes up for all that it missed',
    plant({ calls, memory }) {
      const { setJobState } = calls;
      calls.setJobState = (id, state, author, next) => {
        const made = setJobState?.(id, state, author, next);
        const job = memory.tables.jobs.get(id);
        if (job !== undefined && state === 'enabled' && job.next !== null)
          job.next = momentAfter(job, job.createdAt);
        return made as never;
      };
    },
  },
  {
    name: 'a paused job goes on firing',
    plant({ calls, memory }) {
      const { fireDue, setJobState } = calls;
      calls.setJobState = (id, state, author, next) => {
        const kept = memory.tables.jobs.get(id)?.next ?? null;
        const made = setJobState?.(id, state, author, next);
        const job = memory.tables.jobs.get(id);
        if (job !== undefined && state === 'paused') job.next = kept;
        return made as never;
      };
      calls.fireDue = (limit, decide) => {
        const paused = [...memory.tables.jobs.values()].filter(({ state }) => state === 'paused');
        for (const job of paused) job.state = 'enabled';
        const report = fireDue?.(limit, decide);
        for (const job of paused) job.state = 'paused';
        return report as never;
      };
      const { msUntilDue } = calls;
      calls.msUntilDue = () => {
        const isDue = [...memory.tables.jobs.values()].some(
          ({ state, next }) => state === 'paused' && next !== null && next.dueAt <= memory.now(),
        );
        return isDue ? 0 : (msUntilDue?.() ?? null);
      };
    },
  },
  {
    name: 'a scheduler that starts begins with the present, and loses what was due before',
    plant({ calls, memory }) {
      const { schedulerTurned } = calls;
      calls.schedulerTurned = (scheduler) => {
        const isNew = !memory.tables.schedulers.has(scheduler.boot);
        schedulerTurned?.(scheduler);
        if (!isNew) return;
        for (const job of memory.tables.jobs.values())
          if (job.next !== null && job.next.scheduledFor - memory.now() < 30_000)
            job.next = momentAfter(job, memory.now() + 30_000);
      };
    },
  },
  {
    name: 'the last moment of a stretch is counted again in the next one',
    plant({ parts, memory }) {
      const { moveNext } = parts;
      parts.decidedUntil = () => null;
      parts.moveNext = (at, job, next, lastFireId) => {
        const last = lastFireId === null ? undefined : memory.tables.fires.get(lastFireId);
        const isStretch = last !== undefined && last.dueCount > 1 && next !== null;
        moveNext(at, job, isStretch ? { scheduledFor: last.until, dueAt: next.dueAt } : next, lastFireId);
      };
    },
  },
  {
    name: 'the jitter of a moment is drawn anew each time',
    plant({ parts, random }) {
      const { moveNext } = parts;
      parts.moveNext = (memory, job, next, lastFireId) => {
        const jitterMs = Math.floor(random() * job.definition.schedule.jitterSeconds * 1000);
        moveNext(memory, job, next && { ...next, dueAt: next.scheduledFor + jitterMs }, lastFireId);
      };
    },
  },
  {
    name: 'a skipped fire leaves no record',
    plant({ parts }) {
      const { insertFire } = parts;
      parts.insertFire = (memory, fire) => {
        if (fire.decision !== 'skipped') insertFire(memory, fire);
      };
    },
  },
  {
    name: 'a fire makes two runs',
    plant({ parts, random }) {
      const { insertRun } = parts;
      parts.insertRun = (memory, run) => {
        if (run.fireId != null && random() < 0.3) insertRun(memory, run);
        return insertRun(memory, run);
      };
    },
  },
  {
    name: 'a run by hand leaves its parameters in the job',
    plant({ calls, memory }) {
      const { triggerJob } = calls;
      calls.triggerJob = (id, trigger) => {
        const runId = triggerJob?.(id, trigger);
        const job = memory.tables.jobs.get(id);
        if (job !== undefined) job.updatedAt += 1;
        return runId as never;
      };
    },
  },
  {
    name: 'a follower fires for a run that ended badly',
    plant({ parts }) {
      const { endRun, noteFollowers } = parts;
      parts.endRun = (memory, run, ...rest) => {
        endRun(memory, run, ...rest);
        if (run.state === 'failed' || run.state === 'cancelled') noteFollowers(memory, run);
      };
    },
  },
  {
    name: 'a follower fires twice for one run',
    plant({ parts }) {
      const { noteFollowers } = parts;
      parts.noteFollowers = (memory, run) => {
        noteFollowers(memory, run);
        noteFollowers(memory, run);
      };
    },
  },
];
