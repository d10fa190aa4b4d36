import {
  diskForecastSchema,
  errorQuerySchema,
  errorStatisticsSchema,
  statisticsSchema,
  workerStatisticsSchema,
} from '@tapekeeper/contract';
import { forecastDisk } from '../../../app/statistics/forecastDisk.ts';
import { daysOf, readWindow } from '../../../app/statistics/window.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { printCursor, readCursor } from './cursor.ts';
import { presentErrorGroup, presentForecast, presentLoad } from './presentLoad.ts';
import { presentTables } from './presentTables.ts';

const TAGS = ['statistics'];

/** Failures by their kind, how busy the installation is, and how large it has grown. */
export function loadRoutes(app: HttpApp, { deps }: HttpContext): void {
  app.get(
    '/v1/statistics/errors',
    {
      schema: {
        operationId: 'listErrorStatistics',
        summary: 'Failures of a window that are alike, most frequent first, with their trend by the day',
        tags: TAGS,
        querystring: errorQuerySchema,
        response: answers(200, errorStatisticsSchema),
      },
    },
    async ({ query: { kind, code, source, dataset, after, limit, ...wish } }) => {
      const { now } = await deps.store.statisticsState();
      const days = daysOf(readWindow(wish, now));
      const cursor = after === undefined ? undefined : readCursor(after);
      const found = await deps.store.errorGroups({
        ...days,
        kind: kind ?? null,
        code: code ?? null,
        source: source ?? null,
        dataset: dataset ?? null,
        after:
          cursor === undefined
            ? null
            : { count: Math.trunc(cursor.value), id: Math.trunc(Number(cursor.name)) || 0 },
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        days,
        groups: page.map(presentErrorGroup),
        next: found.length > limit && last !== undefined ? printCursor(last.count, String(last.id)) : null,
      };
    },
  );

  app.get(
    '/v1/statistics/workers',
    {
      schema: {
        operationId: 'getWorkerStatistics',
        summary: 'How busy workers, queue and connections are at the moment',
        tags: TAGS,
        response: answers(200, workerStatisticsSchema),
      },
    },
    async () => presentLoad(await deps.store.workLoad()),
  );

  app.get(
    '/v1/statistics/disk',
    {
      schema: {
        operationId: 'getDiskForecast',
        summary: 'How fast the database grows, and when the disk will be full',
        tags: TAGS,
        response: answers(200, diskForecastSchema),
      },
    },
    async () => presentForecast(await forecastDisk(deps)),
  );

  app.get(
    '/v1/statistics/tables',
    {
      schema: {
        operationId: 'readStatistics',
        summary: 'How large and how complete each data set was when it was last counted',
        tags: TAGS,
        response: answers(200, statisticsSchema),
      },
    },
    async () => presentTables(await deps.store.latestStatistics()),
  );
}
