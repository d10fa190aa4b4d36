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
    async ({ body }) => ({ rows: [...(await releaseQuarantine(deps, body))] }),
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
    async ({ body }) => ({ ids: [...(await discardQuarantine(deps, body))] }),
  );
}
