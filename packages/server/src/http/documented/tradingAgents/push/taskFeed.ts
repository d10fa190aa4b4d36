import { RUN_MACHINE, type LiveEvent } from '@tapekeeper/core';
import type { News, PushFeed, Told } from '../../../../app/push/pushFeed.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { RunId } from '../../../../ports/runStore.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { zonedShanghai } from '../../times.ts';
import type { RunLooks } from './runLooks.ts';
import type { Task } from './taskIds.ts';
import { taskNews } from './taskNews.ts';

export interface TaskFeedOptions {
  readonly task: Task;
  /** The id by which the client asks. */
  readonly taskId: string;
  readonly looks: RunLooks;
  readonly clock: Pick<Clock, 'now'>;
  /** What the client is told when it has come. */
  readonly welcome: string;
  /** Whether it ends with the run; else the client may wait for the next one of the job. */
  readonly endsWithRun: boolean;
}

type Look = (id: RunId) => Promise<RunView | undefined>;

/** Tells how far a task is, whenever that has changed, and how it has ended. Of a job it follows run after run. */
export function taskFeed(options: TaskFeedOptions): PushFeed {
  const { task, taskId, looks, clock, welcome, endsWithRun } = options;
  let current = task.runId;
  const ended = new Set<RunId>();
  let told = '';

  const now = (): string => zonedShanghai(clock.now());
  const newsOf = (id: RunId, look: Look): News => ({
    key: `run:${id}`,
    async read(): Promise<Told | undefined> {
      if (ended.has(id)) return undefined;
      const run = await look(id);
      if (run === undefined || RUN_MACHINE.terminal.includes(run.state)) ended.add(id);
      if (run === undefined) {
        return { type: 'error', data: { task_id: taskId, message: '任务记录已删除', timestamp: now() } };
      }
      const data = taskNews(run, taskId);
      // what only time has changed is no news
      const same = JSON.stringify({ ...data, timestamp: '', elapsed_time: 0, remaining_time: 0 });
      if (same === told) return undefined;
      told = same;
      const isOver = ended.has(id);
      return { type: !isOver ? 'progress' : data.status === 'completed' ? 'completed' : 'error', data };
    },
  });

  /** The run that an event of a job makes news of: the one at hand, or the next one once that is over. */
  const heardOf = (event: LiveEvent, jobId: number): RunId | undefined => {
    const id = runOf(event, jobId);
    if (id === undefined || id < (current ?? 0)) return undefined;
    const isFree = current === null || ended.has(current);
    if (id !== current && !isFree && isWaiting(event)) return undefined;
    current = id;
    return id;
  };

  return {
    topics: [task.kind === 'run' ? `run:${task.runId}` : `job:${task.jobId}`],
    greeting: () => ({
      type: 'connected',
      data: { task_id: taskId, timestamp: now(), message: welcome },
    }),
    standing: () => (current === null ? [] : [newsOf(current, (id) => looks.now(id))]),
    hear(events, upTo) {
      const ids = new Set(
        task.kind === 'run'
          ? events.map(() => task.runId)
          : events.flatMap((event) => heardOf(event, task.jobId) ?? []),
      );
      return [...ids].map((of) => newsOf(of, (id) => looks.at(id, upTo)));
    },
    heartbeat: () => ({ type: 'heartbeat', data: { timestamp: now() } }),
    isOver: () => endsWithRun && current !== null && ended.has(current),
  };
}

function runOf({ kind, payload }: LiveEvent, jobId: number): RunId | undefined {
  const isOfRun = kind === 'run' || kind === 'step' || kind === 'progress';
  const { runId, jobId: of } = payload;
  return isOfRun && of === jobId && typeof runId === 'number' ? runId : undefined;
}

/** Whether the run of an event has not begun: it waits for its turn. */
function isWaiting({ kind, payload }: LiveEvent): boolean {
  return kind === 'run' && payload['state'] === 'pending';
}
