import type { NewRunBody, Run } from '@tapekeeper/contract';
import { AppError, isAppError } from '@tapekeeper/core';
import type { Api } from '@tapekeeper/client';
import type { Context } from './context.ts';
import { followRun } from './followRun.ts';
import { showProgress } from './output/progress.ts';
import { requireSpace, spaceWatch } from './requireSpace.ts';
import { openForWorking, reopenForWorking, type Session } from './session.ts';
import { listenForStop } from './stopSignal.ts';

/** Runs that were asked for, and how far this process has seen them. */
export interface Collected {
  readonly runs: readonly Run[];
  /** Whether the user stopped before the last one had ended. */
  readonly stopped: boolean;
}

/**
 * Asks for runs one after another and follows each to its end, with its progress. The bodies are made
 * by asking the installation first. A run that a stop leaves open goes on by itself: in the server, or
 * with the next start.
 */
export async function collect(
  context: Context,
  wait: boolean,
  bodiesOf: (api: Api) => Promise<readonly NewRunBody[]>,
): Promise<Collected> {
  const { output, say } = context;
  const stop = listenForStop(() => output.note(say('stop.asked')));
  let session = await openForWorking(context);
  const runs: Run[] = [];
  try {
    if (!wait && session.serverUrl === undefined) {
      throw new AppError('usage', { problem: say('usage.noWait'), command: 'sync ' });
    }
    await requireSpace(context, session.api);
    for (const body of await bodiesOf(session.api)) {
      const asked = await joinOrRequest(context, session, body);
      if (!wait) {
        runs.push(asked);
        continue;
      }
      const at = runs.push(asked) - 1;
      session = await follow(context, session, asked, (run) => (runs[at] = run), stop.signal);
    }
    return { runs, stopped: false };
  } catch (error) {
    if (!isAppError(error, 'interrupted') || !stop.signal.aborted) throw error;
    noteOpen(context, session, runs.at(-1));
    return { runs, stopped: true };
  } finally {
    await session.close();
    stop.release();
  }
}

/** A run of the same question that is still open is followed rather than asked for twice. */
async function joinOrRequest({ output, say }: Context, { api }: Session, body: NewRunBody): Promise<Run> {
  const { runs } = await api.runs({
    dataset: body.dataset,
    states: ['pending', 'running', 'paused'],
    limit: 50,
  });
  const usual = (await api.status()).sources.map(({ source }) => source);
  const open = runs.find((run) => isSameQuestion(run, { ...body, sources: body.sources ?? usual }));
  if (open === undefined) return api.requestRun(body);
  output.note(say('sync.joined', { run: open.id }));
  return open;
}

/** What a body leaves out was settled by the defaults then as it would be now. */
function isSameQuestion(run: Run, body: NewRunBody): boolean {
  const day = (text: string): string => text.replaceAll('-', '');
  return (
    run.parentRunId === null &&
    run.type === (body.type ?? 'sync') &&
    run.force === (body.force ?? false) &&
    run.symbols === null &&
    body.symbols === undefined &&
    body.set === undefined &&
    (body.from === undefined || day(body.from) === day(run.from ?? '')) &&
    (body.to === undefined || day(body.to) === day(run.to ?? '')) &&
    body.sources?.join() === run.sources.join()
  );
}

/** Follows a run to its end, also when the process that works on it goes; returns the session at the end. */
async function follow(
  context: Context,
  first: Session,
  asked: Run,
  keep: (run: Run) => void,
  signal: AbortSignal,
): Promise<Session> {
  const { output, say } = context;
  const progress = showProgress(say);
  const watchSpace = spaceWatch(context);
  let session = first;
  try {
    for (;;) {
      try {
        const { api } = session;
        const look = async (run: Run): Promise<void> => {
          keep(run);
          progress.show(run);
          await watchSpace(api);
        };
        await followRun(api, asked.id, look, signal);
        return session;
      } catch (error) {
        if (!isAppError(error, 'server_gone') || session.serverUrl === undefined) throw error;
        progress.end();
        output.note(say('sync.takesOver', { run: asked.id }));
        session = await reopenForWorking(context);
      }
    }
  } finally {
    progress.end();
  }
}

function noteOpen({ output, say }: Context, session: Session, run: Run | undefined): void {
  if (run === undefined) return;
  output.note(
    say(session.serverUrl === undefined ? 'sync.stoppedHere' : 'sync.stoppedWatching', { run: run.id }),
  );
}
