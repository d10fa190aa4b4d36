import {
  discardedSchema,
  discardSchema,
  idParamsSchema,
  quarantineCountsQuerySchema,
  quarantineCountsSchema,
  quarantinedRowSchema,
  quarantineListSchema,
  quarantineQuerySchema,
  releasedSchema,
  releaseSchema,
} from '@tapekeeper/contract';
import {
  discardQuarantine,
  findQuarantined,
  releaseQuarantine,
} from '../../../app/quality/settleQuarantine.ts';
import { readDataset } from '../../../app/requestSync.ts';
import { answers } from '../../answers.ts';
import { noteOperation } from '../../audit.ts';
import { authorOf } from '../../auth/author.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { NEEDS_TOKEN } from '../../openapi.ts';
import { pageOf, presentQuarantined } from './present.ts';

const TAGS = ['quarantine'];

/** Counting further takes time, and tells nobody more. */
const COUNTED_UP_TO = 10_000;

export function quarantineRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/quarantine',
    {
      schema: {
        operationId: 'listQuarantine',
        summary: 'Refused rows, newest first',
        tags: TAGS,
        querystring: quarantineQuerySchema,
        response: answers(200, quarantineListSchema),
      },
    },
    async ({ query: { state, dataset, rule, source, run, symbol, before, limit } }) => {
      const found = await deps.store.quarantined({
        state,
        dataset: dataset === undefined ? null : readDataset(dataset),
        rule: rule ?? null,
        source: source ?? null,
        runId: run ?? null,
        symbol: symbol?.toUpperCase() ?? null,
        before: before ?? null,
        limit: limit + 1,
      });
      const { page, next } = pageOf(found, limit);
      return { rows: page.map(presentQuarantined), next };
    },
  );

  app.get(
    '/v1/quarantine-counts',
    {
      schema: {
        operationId: 'countQuarantine',
        summary: 'How many rows each rule has refused',
        tags: TAGS,
        querystring: quarantineCountsQuerySchema,
        response: answers(200, quarantineCountsSchema),
      },
    },
    async ({ query }) => ({
      counts: [...(await deps.store.quarantineCounts(query.state, COUNTED_UP_TO))],
      upTo: COUNTED_UP_TO,
    }),
  );

  app.get(
    '/v1/quarantine/:id',
    {
      schema: {
        operationId: 'getQuarantinedRow',
        summary: 'One refused row: what it held, why it was refused, what became of it',
        tags: TAGS,
        params: idParamsSchema,
        response: answers(200, quarantinedRowSchema),
      },
    },
    async ({ params }) => presentQuarantined(await findQuarantined(deps, params.id)),
  );

  app.post(
    '/v1/quarantine-releases',
    {
      schema: {
        operationId: 'releaseQuarantine',
        summary: 'Judge held rows again and let in what passes; with force also what does not',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: releaseSchema,
        response: answers(200, releasedSchema),
      },
    },
    async (request) => {
      const { author, ...wish } = request.body;
      const rows = await releaseQuarantine(deps, { ...wish, author: authorOf(request, author) });
      const { dryRun, force, reason } = wish;
      const outcomes = rows.map(({ id, outcome }) => ({ id, outcome }));
      noteOperation(request, { id: onlyOf(wish.ids), after: { dryRun, force, reason, rows: outcomes } });
      return { rows: [...rows] };
    },
  );

  app.post(
    '/v1/quarantine-discards',
    {
      schema: {
        operationId: 'discardQuarantine',
        summary: 'Throw held rows away, with a reason',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: discardSchema,
        response: answers(200, discardedSchema),
      },
    },
    async (request) => {
      const { author, ...wish } = request.body;
      const ids = await discardQuarantine(deps, { ...wish, author: authorOf(request, author) });
      noteOperation(request, { id: onlyOf(wish.ids), after: { reason: wish.reason, discarded: ids } });
      return { ids: [...ids] };
    },
  );
}

/** The row that an operation is about; where there are several, they are in what became of them. */
function onlyOf(ids: readonly number[]): string | null {
  return ids.length === 1 ? String(ids[0]) : null;
}
