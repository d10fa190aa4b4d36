import { AppError, toAppError, type CommandParams } from '@tapekeeper/core';
import type { CommandEnd, CommandLine, ReadyCommand } from '../../ports/commandRunner.ts';
import type { TaskEnd } from '../../ports/runControlStore.ts';
import type { Run } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import { endLeftovers } from './endLeftovers.ts';
import type { Task, TaskWork } from './task.ts';

/** The longest that a program may take, where the run has no limit of its own. */
const USUAL_TIMEOUT_SECONDS = 3_600;

/**
 * Runs an allowed program. Begun again after its worker was lost, it runs again from the beginning, when
 * what was left of the former attempt has been ended.
 */
export const commandTask: Task = async (work) => {
  const { deps, run, plan, step, log } = work;
  const wish = run.wish as CommandParams;
  await plan([
    { name: 'prepare', weight: 1 },
    { name: 'run', weight: 99 },
  ]);
  let ready: ReadyCommand;
  try {
    ready = await step('prepare', async () => {
      for (const left of await endLeftovers(deps))
        await log({ stream: 'warn', line: `what was left of a program of run ${left} was ended` });
      const { program, args, directory = null } = wish;
      return deps.tasks.commands.prepare({ program, args, directory, runId: run.id });
    });
  } catch (thrown) {
    const error = toAppError(thrown);
    if (!error.code.startsWith('command_')) throw thrown;
    return { state: 'failed', result: asked(deps, wish, wish.directory ?? null), error };
  }
  const { end, timedOutAfter } = await step('run', (tell) =>
    runWithin(work, ready, (lines) => tell.progress(lines, 0, `${lines} lines`)),
  );
  return endOf(deps, wish, ready, end, timedOutAfter);
};

/** Runs to the end, or until its time is over. Raises `interrupted` when the run has to stop; then nothing of it runs. */
async function runWithin(
  { deps, run, claim, signal, log }: TaskWork,
  ready: ReadyCommand,
  onCount: (lines: number) => void,
): Promise<{ readonly end: CommandEnd; readonly timedOutAfter: number | null }> {
  const late = new AbortController();
  const over = new AbortController();
  const seconds = ownLimit(run);
  const watch =
    seconds === null
      ? Promise.resolve()
      : deps.clock.sleep(seconds * 1000, over.signal).then(
          () => late.abort(),
          () => {},
        );
  let lines = 0;
  const onLines = async (added: readonly CommandLine[]): Promise<void> => {
    lines += added.length;
    onCount(lines);
    await log(...added.map(({ stream, text }) => ({ stream, line: text })));
  };
  try {
    const end = await deps.tasks.commands.run(ready, {
      signal: AbortSignal.any([signal, late.signal]),
      onStart: (process) => deps.store.beginProcess(claim, process),
      onLines,
    });
    if (signal.aborted) throw new AppError('interrupted');
    return { end, timedOutAfter: late.signal.aborted ? seconds : null };
  } finally {
    over.abort();
    await watch;
    // a row that stays is taken for a leftover, and found to be none
    await deps.store.forgetProcess(claim).catch(() => {});
  }
}

/** Runs with a limit of their own are stopped by whoever watches over all runs. */
function ownLimit({ policies }: Run): number | null {
  return policies?.timeoutSeconds == null ? USUAL_TIMEOUT_SECONDS : null;
}

function endOf(
  deps: AppDeps,
  wish: CommandParams,
  ready: ReadyCommand,
  end: CommandEnd,
  timedOutAfter: number | null,
): TaskEnd {
  const { program } = ready;
  const errorSummary = deps.tasks.mask(end.errorTail).trim();
  const result = {
    ...asked(deps, wish, ready.directory),
    exitCode: end.exitCode,
    signal: end.signal,
    durationMs: Math.round(end.durationMs),
    outputLines: end.outputLines,
    outputCut: end.cut,
    errorSummary,
  };
  if (timedOutAfter !== null) {
    const error = new AppError('command_timed_out', { program, seconds: timedOutAfter });
    return { state: 'failed', result, error };
  }
  if (end.exitCode === 0) return { state: 'success', result, error: null };
  const how = end.exitCode === null ? `signal ${end.signal}` : `exit code ${end.exitCode}`;
  const error = new AppError('command_failed', { program, end: how, errors: errorSummary || '-' });
  return { state: 'failed', result, error };
}

function asked(
  { tasks }: AppDeps,
  { program, args }: CommandParams,
  directory: string | null,
): Readonly<Record<string, unknown>> {
  return { program, args: args.map(tasks.mask), directory };
}
