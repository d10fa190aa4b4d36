import { builtinCalendar, isAppError, occurrencesOf, scheduleOf } from '@tapekeeper/core';
import { resumeRun } from '../../packages/server/src/app/runs/resumeRun.ts';
import { retryRun } from '../../packages/server/src/app/runs/retryRun.ts';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import type { NextMoment } from '../../packages/server/src/ports/jobStore.ts';
import { seededRandom } from '../chaos/random.ts';
import type { Command } from './commands.ts';
import type { Installation } from './installation.ts';
import {
  drawPolicies,
  drawSchedule,
  drawWish,
  exampleDefinition,
  syncDefinition,
  workflowDefinition,
} from './jobTemplates.ts';
import { isOver } from './memory/runs.ts';
import type { JobRow, RunRow } from './memory/tables.ts';
import type { SimulatedProcess } from './process.ts';

const BY = 'somebody';

export const nextMoment: NextMoment = ({ key, definition }, after) =>
  occurrencesOf(definition.schedule, { calendar: builtinCalendar(), readCron: cronReader, key }).next(
    after,
  ) ?? null;

/** Does one command; what cannot be done as things are is refused, as it would be to a person. */
export async function runCommand(installation: Installation, command: Command): Promise<void> {
  try {
    await perform(installation, command);
  } catch (error) {
    if (!isAppError(error) || error.code === 'internal') throw error;
  }
}

async function perform(installation: Installation, command: Command): Promise<void> {
  const { interleaving, processes, faults, weather, calls } = installation;
  switch (command.do) {
    case 'advance':
      return interleaving.advance(command.seconds * 1000);
    case 'all sleep':
      for (const process of processes) process.freeze(true);
      await interleaving.advance(command.seconds * 1000);
      for (const process of processes) process.thaw();
      return;
    case 'kill':
      chosen(processes, command.process)?.kill();
      return reviveLast(installation, command.process);
    case 'stop': {
      const process = chosen(processes, command.process);
      if (process !== undefined) void process.stop().catch(() => process.kill());
      return;
    }
    case 'freeze':
      return chosen(processes, command.process)?.freeze(command.withHeart);
    case 'thaw': {
      const process = chosen(processes, command.process);
      if (process?.actor.alive === false) installation.restart(command.process % processes.length);
      else process?.thaw();
      return;
    }
    case 'jump clock': {
      const process = chosen(processes, command.process);
      if (process !== undefined) process.skewMs = command.ms;
      return;
    }
    case 'weather':
      return void weather.set(command.source, command.sky);
    case 'store faults':
      faults.storeBefore = command.before;
      faults.storeAfter = command.after;
      faults.storeRefused = command.refused;
      faults.slow = command.slow;
      return;
    case 'queue faults':
      faults.dispatchTwice = command.twice;
      faults.dispatchLost = command.lost;
      return;
    case 'create sync job':
    case 'create example job':
    case 'create workflow':
    case 'create follower':
      return createJob(installation, command.do, command.seed);
    case 'change trigger': {
      const job = chosen(jobs(installation), command.job);
      if (job === undefined) return;
      const schedule = drawSchedule(seededRandom(command.seed));
      const change = { definition: { ...job.definition, schedule }, expected: job.version, author: BY };
      return void calls.updateJob?.(job.id, change, nextMoment);
    }
    case 'enable job':
    case 'disable job':
    case 'pause job': {
      const state = { 'enable job': 'enabled', 'disable job': 'disabled', 'pause job': 'paused' } as const;
      const job = chosen(jobs(installation), command.job);
      return void (job && calls.setJobState?.(job.id, state[command.do], BY, nextMoment));
    }
    case 'trigger job': {
      const job = chosen(jobs(installation), command.job);
      return void (job && calls.triggerJob?.(job.id, { by: BY, params: {} }));
    }
    case 'sync by hand':
      return syncByHand(installation, command.seed);
    case 'cancel run':
    case 'force run': {
      const run = chosenRun(installation, command.run);
      const wish = { end: 'cancelled', code: 'cancelled', reason: '', by: BY } as const;
      return void (run && calls.stopRun?.(run.id, wish, command.do === 'force run'));
    }
    case 'pause run': {
      const run = chosenRun(installation, command.run);
      return void (run && calls.pauseRun?.(run.id, BY));
    }
    case 'continue run': {
      const paused = openRuns(installation).filter(({ pauseAskedAt }) => pauseAskedAt !== null);
      const run = chosen(paused, command.run);
      return void (run && calls.continueRun?.(run.id, BY));
    }
    case 'retry run':
    case 'resume run':
      return goOnFrom(installation, command.do, command.run);
  }
}

/** With nobody left nothing would go on: somebody watches that at least one process runs. */
function reviveLast(installation: Installation, place: number): void {
  const { processes } = installation;
  if (processes.every(({ actor }) => !actor.alive)) installation.restart(place % processes.length);
}

function createJob(
  { calls, memory }: Installation,
  what: 'create sync job' | 'create example job' | 'create workflow' | 'create follower',
  seed: number,
): void {
  const random = seededRandom(seed);
  const known = [...memory.tables.jobs.values()];
  const simple = known.filter(({ definition }) => definition.type !== 'workflow');
  const schedule = drawSchedule(random);
  const state = random() < 0.8 ? 'enabled' : 'disabled';
  const key = `job-${known.length + 1}`;
  const make = (definition: JobRow['definition']): number | undefined =>
    calls.createJob?.({ key, definition, state, author: BY }, nextMoment).id;
  const makePart = (at: number): number | undefined => {
    const definition = exampleDefinition(random, scheduleOf({ kind: 'manual' }));
    return calls.createJob?.({ key: `${key}-${at}`, definition, state: 'enabled', author: BY }, nextMoment)
      .id;
  };
  if (what === 'create workflow') {
    const parts = [0, 1, 2].map((at) => simple[(seed + at) % Math.max(3, simple.length)]?.id ?? makePart(at));
    const id = make(workflowDefinition(random, parts as [number, number, number]));
    if (id !== undefined && random() < 0.6) calls.triggerJob?.(id, { by: BY, params: {} });
  } else if (what === 'create follower') {
    const upstream = chosen(simple, seed);
    if (upstream === undefined) return;
    make({
      ...exampleDefinition(random, drawSchedule(random, { kind: 'after', jobId: upstream.id })),
      policies: drawPolicies(random),
    });
  } else {
    make(what === 'create sync job' ? syncDefinition(random, schedule) : exampleDefinition(random, schedule));
  }
}

/** A wish that nobody has checked, as jobs have them too: the planning shard settles it. */
function syncByHand({ calls }: Installation, seed: number): void {
  const random = seededRandom(seed);
  const wish = drawWish(random);
  calls.createRun?.({
    type: 'sync',
    dataset: 'daily_bars',
    wish,
    params: null,
    cause: 'person',
    requestedBy: BY,
    parentRunId: null,
    policies: { ...drawPolicies(random), group: null },
  });
}

/** A new run in the place of one that has ended otherwise than well. */
function goOnFrom(installation: Installation, what: 'retry run' | 'resume run', pick: number): void {
  const ended = [...installation.memory.tables.runs.values()].filter(
    (run) => run.state === 'failed' || run.state === 'cancelled' || run.state === 'success_with_errors',
  );
  const run = chosen(ended, pick);
  if (run === undefined) return;
  const again = what === 'retry run' ? retryRun : resumeRun;
  installation.ask((deps) => again(deps, run.id, BY));
}

function jobs({ memory }: Installation): readonly JobRow[] {
  return [...memory.tables.jobs.values()].filter(({ deletedAt }) => deletedAt === null);
}

function openRuns({ memory }: Installation): readonly RunRow[] {
  return [...memory.tables.runs.values()].filter((run) => !isOver(run));
}

/** An open run, the newest among them more often than others. */
function chosenRun(installation: Installation, pick: number): RunRow | undefined {
  const open = openRuns(installation);
  return pick % 2 === 0 ? open.at(-1) : chosen(open, pick);
}

function chosen<T>(values: readonly T[], pick: number): T | undefined {
  return values.length === 0 ? undefined : values[pick % values.length];
}

export function healthy(process: SimulatedProcess): boolean {
  return process.actor.alive && !process.actor.frozen;
}
