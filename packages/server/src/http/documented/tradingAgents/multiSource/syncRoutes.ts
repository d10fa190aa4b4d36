import { RUN_MACHINE, SOURCES, type RunState } from '@tapekeeper/core';
import { z } from 'zod';
import { awaitRun } from '../../../../app/runs/awaitRun.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { NEEDS_TOKEN } from '../../../openapi.ts';
import { flag, text, whole } from '../../fields.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { naiveShanghai } from '../../times.ts';
import { told, toldSchema } from '../envelope.ts';
import { requireShallow } from '../pageDepth.ts';
import { beginListSync, WAIT_MS } from '../sync/beginListSync.ts';
import { newestSync, SHOWN_STATES, syncStatsOf, syncStatsSchema, type SyncStats } from '../sync/syncStats.ts';

const neverRunSchema = z.strictObject({
  job: z.literal('stock_basics_multi_source'),
  status: z.literal('never_run'),
});
const NEVER_RUN = { job: 'stock_basics_multi_source', status: 'never_run' } as const;

const historySchema = z.strictObject({
  records: z.array(syncStatsSchema),
  total: z.int(),
  page: z.int(),
  page_size: z.int(),
  has_more: z.boolean(),
});

const MOST_PAGES = 100_000;

/** The same sync as the page with several sources sees it; times are in Shanghai and do not say so. */
export function multiSourceRoutes(app: HttpApp, { deps }: HttpContext, tag: string): void {
  const tags = [tag];
  app.get(
    '/api/sync/multi-source/status',
    {
      schema: {
        operationId: 'tradingAgentsMultiStatus',
        summary: 'How the last sync of the stock list went, or is going',
        tags,
        response: documentedAnswers(200, toldSchema(z.union([syncStatsSchema, neverRunSchema]))),
      },
    },
    async () => {
      const run = await newestSync(deps);
      const data = run === undefined ? NEVER_RUN : await syncStatsOf(deps, run, naiveShanghai);
      return told(data, 'Status retrieved successfully');
    },
  );

  app.post(
    '/api/sync/multi-source/stock_basics/run',
    {
      schema: {
        operationId: 'tradingAgentsRunMultiSync',
        summary: 'Sync the stock list, asking some sources before the others',
        tags,
        security: NEEDS_TOKEN,
        querystring: z.object({ force: flag().default(false), preferred_sources: text().optional() }),
        response: documentedAnswers(200, toldSchema(syncStatsSchema)),
      },
    },
    async (request) => {
      const { force, preferred_sources } = request.query;
      const preferred = readPreferred(preferred_sources);
      const { runId, wasOpen } = await beginListSync(deps, request, { force, preferred });
      const run = await awaitRun(deps, runId, WAIT_MS);
      const stats = await syncStatsOf(deps, run, naiveShanghai);
      const { success, message } = outcomeOf(stats, wasOpen);
      return told(stats, message, success);
    },
  );

  app.get(
    '/api/sync/multi-source/history',
    {
      schema: {
        operationId: 'tradingAgentsSyncHistory',
        summary: 'Syncs of the stock list, newest first',
        tags,
        querystring: z.object({
          page: whole(1, MOST_PAGES).default(1),
          page_size: whole(1, 50).default(10),
          status: text().optional(),
        }),
        response: documentedAnswers(200, toldSchema(historySchema)),
      },
    },
    async ({ query: { page, page_size: size, status } }) => {
      requireShallow(page, size);
      const states = statesOf(status);
      const { runs, total } = await deps.store.datasetRunPage({
        datasets: ['stock_basics'],
        states,
        from: null,
        until: null,
        skip: (page - 1) * size,
        limit: size,
        oldestFirst: false,
      });
      const records = await Promise.all(runs.map((run) => syncStatsOf(deps, run, naiveShanghai)));
      const history = { records, total, page, page_size: size, has_more: page * size < total };
      return told(history, 'History retrieved successfully');
    },
  );

  app.delete(
    '/api/sync/multi-source/cache',
    {
      schema: {
        operationId: 'tradingAgentsClearCache',
        summary: 'Nothing is kept between syncs that could be wrong, so that there is nothing to clear',
        tags,
        security: NEEDS_TOKEN,
        response: documentedAnswers(
          200,
          toldSchema(z.strictObject({ cleared: z.boolean(), items_cleared: z.int() })),
        ),
      },
    },
    async () => told({ cleared: true, items_cleared: 0 }, 'Cache cleared successfully, 0 items removed'),
  );
}

/** Sources of other installations are passed over; a word that is no source is refused. */
function readPreferred(listed = ''): (typeof SOURCES)[number][] {
  return listed
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== '')
    .map((word) => {
      const source = SOURCES.find((known) => known === word);
      if (source === undefined)
        throw new DocumentedRefusal('unknown_source', 400, `Data source '${word}' not found`);
      return source;
    });
}

/** Their page takes `success: false` for an error: only of a sync that was not begun here, or that failed. */
function outcomeOf(
  { status, errors, message }: SyncStats,
  wasOpen: boolean,
): { readonly success: boolean; readonly message: string } {
  switch (status) {
    case 'running':
      return wasOpen
        ? { success: false, message: 'Synchronization is already running' }
        : { success: true, message: 'Synchronization is running' };
    case 'success':
      return { success: true, message: 'Synchronization completed successfully' };
    case 'success_with_errors':
      return { success: true, message: `Synchronization completed with ${errors} errors` };
    case 'failed':
      return { success: false, message: `Synchronization failed: ${message ?? ''}` };
  }
}

const BY_WORD: Readonly<Record<string, readonly RunState[]>> = {
  running: SHOWN_STATES.filter((state) => !RUN_MACHINE.terminal.includes(state)),
  success: ['success'],
  success_with_errors: ['success_with_errors'],
  failed: ['failed', 'cancelled'],
};

/** A word that no sync has ever been in finds none. */
function statesOf(status = ''): readonly RunState[] {
  if (status === '') return SHOWN_STATES;
  return Object.hasOwn(BY_WORD, status) ? (BY_WORD[status] ?? []) : [];
}
