import { EXIT, isAppError } from '@tapekeeper/core';
import type { Run } from '@tapekeeper/contract';
import type { Context } from '../../context.ts';
import { followRun } from '../../followRun.ts';
import type { JobStep } from '@tapekeeper/client';
import { endOfRuns } from '../../output/endOfRuns.ts';
import { showProgress } from '../../output/progress.ts';
import { openForReading, openForWorking, type Session } from '../../session.ts';
import { listenForStop } from '../../stopSignal.ts';
import { asking } from '../../asking.ts';
import { tellReport } from './tellReport.ts';
import { paramsOf } from './definition.ts';

export interface TriggerOptions {
  readonly param?: readonly string[];
  readonly follow?: boolean;
}

export function stepJob(context: Context, job: string, step: JobStep): Promise<number> {
  return asking(context, async (api) => tellReport(context, 'jobs.is', await api.stepJob(job, step)));
}

export function copyJob(context: Context, job: string, key: string | undefined): Promise<number> {
  const body = key === undefined ? {} : { key };
  return asking(context, async (api) => tellReport(context, 'jobs.made', await api.copyJob(job, body)));
}

export function deleteJob(context: Context, job: string): Promise<number> {
  const { output, say } = context;
  return asking(context, async (api) => {
    const gone = await api.deleteJob(job);
    output.result(gone);
    output.line(say('jobs.deleted', { id: gone.id, key: gone.key }));
  });
}

/** A run by hand: it is left to the server, or followed to its end, here where none runs. */
export async function triggerJob(context: Context, job: string, options: TriggerOptions): Promise<number> {
  const { output, say } = context;
  const params = paramsOf(context, options.param ?? []);
  const session = await (options.follow === true ? openForWorking(context) : openForReading(context));
  try {
    const run = await session.api.triggerJob(job, { params });
    output.note(say('jobs.begun', { run: run.id, key: run.job?.key ?? job }));
    if (options.follow === true) return await follow(context, session, run);
    output.result({ run });
    if (session.serverUrl === undefined) output.note(say('jobs.waits'));
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

async function follow(context: Context, session: Session, begun: Run): Promise<number> {
  const { output, say } = context;
  const stop = listenForStop(() => output.note(say('stop.asked')));
  const progress = showProgress(say);
  let run = begun;
  let stopped = false;
  try {
    run = await followRun(
      session.api,
      begun.id,
      (look) => {
        run = look;
        progress.show(look);
      },
      stop.signal,
    );
  } catch (error) {
    if (!isAppError(error, 'interrupted') || !stop.signal.aborted) throw error;
    stopped = true;
  } finally {
    progress.end();
    stop.release();
  }
  output.result({ run, stopped });
  return endOfRuns(context, { runs: [run], stopped }, true);
}
