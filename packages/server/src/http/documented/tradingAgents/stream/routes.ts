import { AppError, may } from '@tapekeeper/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { followPush } from '../../../../app/push/followPush.ts';
import type { PushFeed } from '../../../../app/push/pushFeed.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { text } from '../../fields.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { batchFeed } from '../push/batchFeed.ts';
import { RunLooks } from '../push/runLooks.ts';
import { taskFeed } from '../push/taskFeed.ts';
import { findTask } from '../push/taskIds.ts';
import { pushStream } from './pushStream.ts';

const PACE_MS = 250;
const HEARTBEAT_MS = 10_000;

const idParamsSchema = z.object({ id: text(100) });
const statsSchema = z
  .strictObject({
    total_users: z.int(),
    total_connections: z.int(),
    users: z.record(z.string(), z.int()),
  })
  .meta({ id: 'TradingAgentsWsStats' });

const STREAM_ANSWERS = {
  ...documentedAnswers(200, z.string()),
  200: {
    description: 'server-sent events: connected, progress, heartbeat, error, finished',
    content: { 'text/event-stream': { schema: z.string() } },
  },
};

/** How far tasks are, as server-sent events, and who follows anything at all. */
export function streamRoutes(app: HttpApp, context: HttpContext, tag: string): void {
  const { deps, live } = context;
  const { store, clock, log } = deps;
  const looks = new RunLooks(store);

  const stream = async (request: FastifyRequest, reply: FastifyReply, feed: PushFeed): Promise<void> => {
    if (live === undefined) throw new AppError('live_unavailable');
    const { gateway, identify } = live;
    const visitor = { identity: request.identity, identifyAgain: () => identify(request) };
    const tools = { gateway, clock, log, paceMs: PACE_MS, heartbeatMs: HEARTBEAT_MS };
    const gone = new AbortController();
    reply.raw.on('error', () => gone.abort());
    reply.raw.on('close', () => gone.abort());
    const follower = await followPush(tools, visitor, feed, pushStream(reply));
    if (gone.signal.aborted) follower.leave();
    else gone.signal.addEventListener('abort', () => follower.leave());
  };

  app.get(
    '/api/stream/tasks/:id',
    {
      // it would never end
      exposeHeadRoute: false,
      schema: {
        operationId: 'tradingAgentsStreamTask',
        summary: 'How far a task is, until it is over',
        tags: [tag],
        params: idParamsSchema,
        response: STREAM_ANSWERS,
      },
    },
    async (request, reply) => {
      const { id: taskId } = request.params;
      const task = await findTask(deps, taskId);
      if (task === undefined) throw new DocumentedRefusal('unknown_run', 404, 'Task not found');
      const welcome = '已连接进度流';
      await stream(request, reply, taskFeed({ task, taskId, looks, clock, welcome, endsWithRun: true }));
      return reply;
    },
  );

  app.get(
    '/api/stream/batches/:id',
    {
      exposeHeadRoute: false,
      schema: {
        operationId: 'tradingAgentsStreamBatch',
        summary: 'How many tasks of a batch, which is a workflow, are done, until it is over',
        tags: [tag],
        params: idParamsSchema,
        response: STREAM_ANSWERS,
      },
    },
    async (request, reply) => {
      const { id: batchId } = request.params;
      const runId = (await findTask(deps, batchId))?.runId ?? null;
      const run = runId === null ? undefined : await store.run(runId);
      if (run?.type !== 'workflow') throw new DocumentedRefusal('unknown_run', 404, 'Batch not found');
      await stream(request, reply, batchFeed({ runId: run.id, batchId, looks, clock }));
      return reply;
    },
  );

  app.get(
    '/api/ws/stats',
    {
      schema: {
        operationId: 'tradingAgentsWsStats',
        summary: 'How many clients follow what happens; whose they are is for operators',
        tags: [tag],
        response: documentedAnswers(200, statsSchema),
      },
    },
    async ({ identity }) => {
      const crowd = live?.gateway.crowd() ?? new Map<string, number>();
      return {
        total_users: crowd.size,
        total_connections: [...crowd.values()].reduce((sum, count) => sum + count, 0),
        users: may(identity, 'operate') ? Object.fromEntries(crowd) : {},
      };
    },
  );
}
