import { isAppError, toAppError } from '@tapekeeper/core';
import type { LogLine, StepNote } from '../../ports/runControlStore.ts';
import type { ShardClaim } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import type { PlannedStep, StepTell, TaskWork } from './task.ts';

/** Reports of a task are written this often at most, however often it tells. */
const WRITE_EVERY_MS = 250;
/** A task that has nothing to tell asks this often whether its claim still holds. */
const LOOK_EVERY_MS = 2_000;
/** Lines that wait to be written before whoever logs has to wait too. */
const WAITING_LINES = 2_000;

/** Tells the database what a task does, some times a second. */
export interface TaskReport extends Pick<TaskWork, 'plan' | 'step' | 'log'> {
  /** Aborts when the claim is lost; the reason says so. */
  readonly lost: AbortSignal;
  /** Writes what has not been written. Raises `lease_lost`. */
  flush(): Promise<void>;
  /** Writes nothing any more. */
  close(): Promise<void>;
}

/**
 * The report of one attempt of a task. A database that does not answer keeps it waiting with what there
 * is to write; a lost claim ends it.
 */
export function createTaskReport(
  { store, clock, tasks, log }: Pick<AppDeps, 'store' | 'clock' | 'tasks' | 'log'>,
  claim: ShardClaim,
): TaskReport {
  const steps = new Map<string, StepNote>();
  const changed = new Set<string>();
  const lines: LogLine[] = [];
  const lost = new AbortController();
  const closed = new AbortController();
  let writing: Promise<void> = Promise.resolve();
  let due: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    const names = [...changed];
    const notes = names.map((name) => steps.get(name)).filter((note) => note !== undefined);
    const batch = lines.slice();
    changed.clear();
    try {
      // without notes it asks only whether the claim still holds
      if (notes.length > 0 || batch.length === 0) await store.noteSteps(claim, notes);
      await store.appendLog(claim, batch);
      lines.splice(0, batch.length);
    } catch (error) {
      for (const name of names) changed.add(name);
      throw error;
    }
  };
  const inTurn = (): Promise<void> => (writing = writing.catch(() => {}).then(write));
  const writeOrWait = async (): Promise<void> => {
    try {
      await inTurn();
    } catch (thrown) {
      const error = toAppError(thrown);
      if (isAppError(error, 'lease_lost')) lost.abort(error);
      else log.warn({ runId: claim.runId, err: error }, 'a report was not written, trying again');
    }
  };
  const schedule = (): Promise<void> =>
    (due ??= clock
      .sleep(WRITE_EVERY_MS, closed.signal)
      .catch(() => {})
      .then(() => {
        due = undefined;
        return closed.signal.aborted ? undefined : writeOrWait();
      }));
  const change = (name: string, rest: Partial<StepNote>): void => {
    const step = steps.get(name);
    if (step === undefined) throw new RangeError(`no step ${name} was planned`);
    steps.set(name, { ...step, ...rest });
    changed.add(name);
    void schedule();
  };
  const look = async (): Promise<void> => {
    while (!closed.signal.aborted && !lost.signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, closed.signal);
      await writeOrWait();
    }
  };
  const looking = look().catch(() => {});

  return {
    lost: lost.signal,
    async plan(planned: readonly PlannedStep[]) {
      planned.forEach((step, no) => steps.set(step.name, { ...step, no, state: 'pending', done: 0 }));
      for (const { name } of planned) changed.add(name);
      await inTurn();
    },
    async step<T>(name: string, work: (tell: StepTell) => Promise<T>): Promise<T> {
      change(name, { state: 'running' });
      let failed: string | undefined;
      const tell: StepTell = {
        progress: (done, total, detail) =>
          change(name, {
            done,
            ...(total !== undefined && { total }),
            ...(detail !== undefined && { detail: tasks.mask(detail) }),
          }),
        fail: (detail) => void (failed = tasks.mask(detail)),
      };
      try {
        const result = await work(tell);
        const { done = 0, total = 0 } = steps.get(name) ?? {};
        if (failed === undefined) change(name, { state: 'done', done: Math.max(done, total) });
        else change(name, { state: 'failed', detail: failed });
        return result;
      } catch (thrown) {
        const error = toAppError(thrown);
        if (error.code !== 'interrupted')
          change(name, { state: 'failed', detail: tasks.mask(error.message) });
        throw thrown;
      }
    },
    async log(...added) {
      lines.push(...added.map(({ stream, line }) => ({ stream, line: tasks.mask(line) })));
      const written = schedule();
      while (lines.length > WAITING_LINES && !lost.signal.aborted) await Promise.race([written, schedule()]);
    },
    flush: inTurn,
    async close() {
      closed.abort();
      await looking;
      await writing.catch(() => {});
    },
  };
}
