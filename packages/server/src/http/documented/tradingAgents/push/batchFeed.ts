import { RUN_MACHINE } from '@tapekeeper/core';
import type { News, PushFeed, Told } from '../../../../app/push/pushFeed.ts';
import type { Clock } from '../../../../ports/clock.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { zonedShanghai } from '../../times.ts';
import type { RunLooks } from './runLooks.ts';

type BatchWord = 'queued' | 'processing' | 'completed' | 'failed' | 'partial';

/** How far a batch is: a workflow, whose nodes are the tasks. */
interface BatchNews extends Record<string, unknown> {
  readonly batch_id: string;
  readonly status: BatchWord;
  readonly message: string;
  /** 0 to 100, with one decimal. */
  readonly progress: number;
  readonly total_tasks: number;
  readonly completed: number;
  readonly failed: number;
  readonly processing: number;
  readonly timestamp: string;
}

export interface BatchFeedOptions {
  readonly runId: number;
  /** The id by which the client asks. */
  readonly batchId: string;
  readonly looks: RunLooks;
  readonly clock: Pick<Clock, 'now'>;
}

/** Tells how many tasks of a batch are done, until it is over. */
export function batchFeed({ runId, batchId, looks, clock }: BatchFeedOptions): PushFeed {
  let told = '';
  let hasEnded = false;
  const now = (): string => zonedShanghai(clock.now());
  const news = (look: () => Promise<RunView | undefined>): News => ({
    key: 'batch',
    async read(): Promise<Told | undefined> {
      const run = await look();
      hasEnded = run === undefined || RUN_MACHINE.terminal.includes(run.state);
      if (run === undefined) return { type: 'error', data: { error: '批次不存在' } };
      const data = batchNews(run, batchId);
      const same = JSON.stringify({ ...data, timestamp: '' });
      if (same === told) return undefined;
      told = same;
      return { type: hasEnded ? 'completed' : 'progress', data };
    },
  });
  return {
    topics: [`run:${runId}`],
    greeting: () => ({ type: 'connected', data: { batch_id: batchId, message: '已连接批次进度流' } }),
    standing: () => [news(() => looks.now(runId))],
    hear: (events, upTo) => (events.length === 0 ? [] : [news(() => looks.at(runId, upTo))]),
    heartbeat: () => ({ type: 'heartbeat', data: { timestamp: now() } }),
    isOver: () => hasEnded,
  };
}

function batchNews(run: RunView, batchId: string): BatchNews {
  const nodes = (run.wish as { nodes?: readonly unknown[] }).nodes?.length ?? 0;
  const children = run.stages.children.filter(({ node }) => node !== null);
  const completed = children.filter(({ state }) => state === 'success' || state === 'success_with_errors');
  const ended = children.filter(({ state }) => RUN_MACHINE.terminal.includes(state));
  const processing = children.filter(({ state }) => state === 'running' || state === 'paused').length;
  const counts = { total: nodes, completed: completed.length, failed: ended.length - completed.length };
  const status = wordOf(run, counts, children.length);
  return {
    batch_id: batchId,
    status,
    message: messageOf(status, counts, processing),
    progress: nodes === 0 ? 0 : Math.round((ended.length / nodes) * 1000) / 10,
    total_tasks: nodes,
    completed: counts.completed,
    failed: counts.failed,
    processing,
    timestamp: zonedShanghai(run.readAt),
  };
}

interface Counts {
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
}

/** Its own end decides, so that it is never called completed over a node that was not. */
function wordOf({ state }: RunView, { completed }: Counts, begun: number): BatchWord {
  if (state === 'success') return 'completed';
  if (state === 'success_with_errors') return 'partial';
  if (RUN_MACHINE.terminal.includes(state)) return completed > 0 ? 'partial' : 'failed';
  return begun === 0 ? 'queued' : 'processing';
}

function messageOf(status: BatchWord, { total, completed, failed }: Counts, processing: number): string {
  switch (status) {
    case 'completed':
      return `批次完成: ${completed}/${total} 成功`;
    case 'failed':
      return `批次失败: ${failed}/${total} 失败`;
    case 'partial':
      return `批次部分成功: ${completed} 成功, ${failed} 失败`;
    case 'processing':
      return `批次处理中: ${completed + failed}/${total} 已完成, ${processing} 处理中`;
    case 'queued':
      return `批次排队中: ${total} 任务待处理`;
  }
}
