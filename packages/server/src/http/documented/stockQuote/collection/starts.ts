import type { HttpApp, HttpContext } from '../../../context.ts';
import { NEEDS_TOKEN } from '../../../openapi.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { begin, refuseWhileBusy } from './begin.ts';
import { readCodes, testStocks } from './codes.ts';
import { HISTORICAL, REALTIME, REALTIME_HISTORICAL, TUSHARE_HISTORICAL } from './collectionJobs.ts';
import { readSpan, requireUsable } from './days.ts';
import * as schemas from './schemas.ts';
import { TEXTS } from './texts.ts';

const TAGS = ['documented: stock quotes'];
const PREFIX = '/api/data-collection';

/** Tasks over days that name no stocks. */
const SPAN_TASKS = [
  {
    path: `${PREFIX}/tushare-historical`,
    operationId: 'stockQuoteStartTushareHistorical',
    summary: 'Start a task for daily bars of the whole market from Tushare',
    job: TUSHARE_HISTORICAL,
    message: TEXTS.tushareStarted,
    isFull: true,
  },
  {
    path: `${PREFIX}/realtime-historical`,
    operationId: 'stockQuoteStartRealtimeHistorical',
    summary:
      'Start a task for daily bars of the whole market; those of final days are asked for, not copied from quotes',
    job: REALTIME_HISTORICAL,
    message: TEXTS.realtimeHistoricalStarted,
    isFull: false,
  },
] as const;

/** The ways to start a task: the form is looked at first, then whether one is open, then what is asked for. */
export function startRoutes(app: HttpApp, context: HttpContext): void {
  historicalRoutes(app, context);
  realtimeRoute(app, context);
  spanRoutes(app, context);
}

function historicalRoutes(app: HttpApp, { deps }: HttpContext): void {
  const historicalPaths = [
    [`${PREFIX}/historical`, 'stockQuoteStartHistorical'],
    // the documents have the name of the function for the path
    [`${PREFIX}/start_historical_collection`, 'stockQuoteStartHistoricalAlias'],
    ['/start_historical_collection', 'stockQuoteStartHistoricalRootAlias'],
  ] as const;
  for (const [path, operationId] of historicalPaths) {
    app.post(
      path,
      {
        schema: {
          operationId,
          summary: 'Start a task for daily bars',
          tags: TAGS,
          security: NEEDS_TOKEN,
          body: schemas.historicalBodySchema,
          response: documentedAnswers(200, schemas.spanStartedSchema),
        },
      },
      async (request) => {
        const { body } = request;
        const span = readSpan(body);
        await refuseWhileBusy(deps);
        requireChinese(body.market);
        requireUsable(span, deps);
        const codes = body.test_mode ? await testStocks(deps) : await readCodes(deps, body.stock_codes ?? []);
        const taskId = await begin(deps, request, HISTORICAL, {
          ...span,
          ...(codes.length === 0 ? {} : { symbols: codes }),
          force: body.force_update,
        });
        return {
          task_id: taskId,
          status: 'started' as const,
          message: TEXTS.historicalStarted,
          start_date: body.start_date,
          end_date: body.end_date,
          stock_codes: body.stock_codes ?? null,
          test_mode: body.test_mode,
          full_collection_mode: body.full_collection_mode,
          market: 'CN',
        };
      },
    );
  }
}

function realtimeRoute(app: HttpApp, { deps }: HttpContext): void {
  app.post(
    `${PREFIX}/realtime`,
    {
      schema: {
        operationId: 'stockQuoteStartRealtime',
        summary: 'Start a task for quotes; sources give them for the whole market at once',
        tags: TAGS,
        security: NEEDS_TOKEN,
        body: schemas.realtimeBodySchema,
        response: documentedAnswers(200, schemas.realtimeStartedSchema),
      },
    },
    async (request) => {
      const { market, stock_code: code, full_collection_mode: isFull } = request.body;
      const single = code == null || code.trim() === '' ? undefined : code;
      requireKnown(market);
      if (single !== undefined && isFull) throw new DocumentedRefusal('bad_request', 400, TEXTS.oneOrAll);
      await refuseWhileBusy(deps);
      requireChinese(market);
      const symbols = single === undefined ? undefined : await readCodes(deps, [single]);
      const taskId = await begin(deps, request, REALTIME, symbols === undefined ? {} : { symbols });
      return {
        task_id: taskId,
        status: 'started' as const,
        message: TEXTS.realtimeStarted,
        market: 'CN',
        stock_code: code ?? null,
        full_collection_mode: isFull,
      };
    },
  );
}

function spanRoutes(app: HttpApp, { deps }: HttpContext): void {
  for (const { path, operationId, summary, job, message, isFull } of SPAN_TASKS) {
    app.post(
      path,
      {
        schema: {
          operationId,
          summary,
          tags: TAGS,
          security: NEEDS_TOKEN,
          body: schemas.spanBodySchema,
          response: documentedAnswers(200, schemas.spanStartedSchema),
        },
      },
      async (request) => {
        const { start_date, end_date, force_update: force } = request.body;
        const span = readSpan(request.body);
        await refuseWhileBusy(deps);
        requireUsable(span, deps);
        const taskId = await begin(deps, request, job, { ...span, force });
        return {
          task_id: taskId,
          status: 'started' as const,
          message,
          start_date,
          end_date,
          stock_codes: null,
          test_mode: false,
          full_collection_mode: isFull,
          market: 'CN',
        };
      },
    );
  }
}

function requireKnown(market: string): void {
  if (!['CN', 'HK'].includes(market.trim().toUpperCase()))
    throw new DocumentedRefusal('bad_request', 400, TEXTS.marketNotKnown);
}

function requireChinese(market: string): void {
  requireKnown(market);
  if (market.trim().toUpperCase() === 'HK') throw new DocumentedRefusal('bad_request', 400, TEXTS.noHongKong);
}
