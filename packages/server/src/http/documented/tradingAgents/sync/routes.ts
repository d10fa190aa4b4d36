import { z } from 'zod';
import { awaitRun } from '../../../../app/runs/awaitRun.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { NEEDS_TOKEN } from '../../../openapi.ts';
import { flag } from '../../fields.ts';
import { documentedAnswers } from '../../system.ts';
import { naiveUtc } from '../../times.ts';
import { told, toldSchema } from '../envelope.ts';
import { beginListSync, WAIT_MS } from './beginListSync.ts';
import { newestSync, syncStatsOf, syncStatsSchema } from './syncStats.ts';

const idleSchema = z.strictObject({ job: z.literal('stock_basics'), status: z.literal('idle') });
const IDLE = { job: 'stock_basics', status: 'idle' } as const;

/** The words of every answer here that is no error. */
const DONE = '操作成功';

/** The sync of the stock list and how it is; times are in UTC and do not say so. */
export function syncRoutes(app: HttpApp, { deps }: HttpContext, tag: string): void {
  const tags = [tag];
  app.post(
    '/api/sync/stock_basics/run',
    {
      schema: {
        operationId: 'tradingAgentsRunSync',
        summary: 'Sync the stock list; the answer comes when it is over, or after ten seconds',
        tags,
        security: NEEDS_TOKEN,
        querystring: z.object({ force: flag().default(false) }),
        response: documentedAnswers(200, toldSchema(syncStatsSchema)),
      },
    },
    async (request) => {
      const { runId } = await beginListSync(deps, request, { force: request.query.force, preferred: [] });
      return told(await syncStatsOf(deps, await awaitRun(deps, runId, WAIT_MS), naiveUtc), DONE);
    },
  );

  const status = {
    path: '/api/sync/stock_basics/status',
    operationId: 'tradingAgentsSyncStatus',
  };
  const documented = { path: '/api/sync/status', operationId: 'tradingAgentsSyncStatusAlias' };
  for (const { path, operationId } of [status, documented]) {
    app.get(
      path,
      {
        schema: {
          operationId,
          summary: 'How the last sync of the stock list went, or is going',
          tags,
          response: documentedAnswers(200, toldSchema(z.union([syncStatsSchema, idleSchema]))),
        },
      },
      async () => {
        const run = await newestSync(deps);
        return told(run === undefined ? IDLE : await syncStatsOf(deps, run, naiveUtc), DONE);
      },
    );
  }
}
