import {
  datasetStatisticsSchema,
  jobRefParamsSchema,
  jobStatisticsListSchema,
  jobStatisticsQuerySchema,
  jobStatisticsSchema,
  runStatisticsSchema,
  sourceStatisticsSchema,
  statisticsQuerySchema,
} from '@tapekeeper/contract';
import { SOURCES, type DatasetId, type Scope, type SourceId } from '@tapekeeper/core';
import { namedJob } from '../../../app/statistics/namedJob.ts';
import { readWindow, type Window, type WindowWish } from '../../../app/statistics/window.ts';
import type { JobName } from '../../../ports/statisticsStore.ts';
import { answers } from '../../answers.ts';
import type { HttpApp, HttpContext } from '../../context.ts';
import { printCursor, readCursor } from './cursor.ts';
import { loadRoutes } from './load.ts';
import { presentFigures, presentTrend, presentWindow, presentWork } from './present.ts';

const TAGS = ['statistics'];
/** More than there are data sets or sources. */
const ALL = 500;

/** What became of runs, from sums that are kept; no question here reads the history itself. */
export function statisticsRoutes(app: HttpApp, context: HttpContext): void {
  const { store } = context.deps;
  loadRoutes(app, context);

  const windowOf = async (wish: WindowWish) => {
    const { now, waiting } = await store.statisticsState();
    return { window: readWindow(wish, now), notCounted: waiting };
  };
  const statisticsOf = async (scope: Scope, subject: string, wish: WindowWish) => {
    const { window, notCounted } = await windowOf(wish);
    const [sums, trend] = await Promise.all([
      store.sumsOf(scope, subject, window.spans),
      store.trendOf(scope, subject, window),
    ]);
    const figures = presentFigures(sums, window.days);
    return { window: presentWindow(window), notCounted, figures, trend: presentTrend(trend) };
  };
  const subjectsOf = async (scope: Scope, { spans, grain, from, to, days }: Window) => {
    const [ranked, work] = await Promise.all([
      store.rankSubjects({ scope, spans, by: 'runs', after: null, limit: ALL }),
      store.workOf(scope, { grain, from, to }),
    ]);
    const trends = Map.groupBy(work, ({ subject }) => subject);
    return ranked.map(({ subject, ...sums }) => ({
      subject,
      figures: presentFigures(sums, days),
      trend: presentWork(trends.get(subject)),
    }));
  };

  app.get(
    '/v1/statistics',
    {
      schema: {
        operationId: 'getStatistics',
        summary: 'Runs of a window: how they ended, how long they waited and ran, and the trend',
        tags: TAGS,
        querystring: statisticsQuerySchema,
        response: answers(200, runStatisticsSchema),
      },
    },
    ({ query }) => statisticsOf('all', '', query),
  );

  app.get(
    '/v1/statistics/jobs',
    {
      schema: {
        operationId: 'listJobStatistics',
        summary: 'Jobs by what their runs did in a window: the slowest, those that fail most, and so on',
        tags: TAGS,
        querystring: jobStatisticsQuerySchema,
        response: answers(200, jobStatisticsListSchema),
      },
    },
    async ({ query: { sort, after, limit, ...wish } }) => {
      const { window, notCounted } = await windowOf(wish);
      const cursor = after === undefined ? undefined : readCursor(after);
      const found = await store.rankSubjects({
        scope: 'job',
        spans: window.spans,
        by: sort,
        after: cursor === undefined ? null : { value: cursor.value, subject: cursor.name },
        limit: limit + 1,
      });
      const page = found.slice(0, limit);
      const names = await store.jobNames(page.map(({ subject }) => Number(subject)));
      const last = page.at(-1);
      return {
        window: presentWindow(window),
        notCounted,
        jobs: page.map(({ subject, ...sums }) => ({
          job: jobOf(Number(subject), names),
          figures: presentFigures(sums, window.days),
        })),
        next: found.length > limit && last !== undefined ? printCursor(last.value, last.subject) : null,
      };
    },
  );

  app.get(
    '/v1/statistics/jobs/:id',
    {
      schema: {
        operationId: 'getJobStatistics',
        summary: 'Runs of one job in a window, and the trend; deleted jobs too',
        tags: TAGS,
        params: jobRefParamsSchema,
        querystring: statisticsQuerySchema,
        response: answers(200, jobStatisticsSchema),
      },
    },
    async ({ params: { id }, query }) => {
      const job = await namedJob(context.deps, id);
      return { job: jobOf(job.id, [job]), ...(await statisticsOf('job', String(job.id), query)) };
    },
  );

  app.get(
    '/v1/statistics/datasets',
    {
      schema: {
        operationId: 'listDatasetStatistics',
        summary: 'Data sets by what runs did for them in a window, with rows by the day or hour',
        tags: TAGS,
        querystring: statisticsQuerySchema,
        response: answers(200, datasetStatisticsSchema),
      },
    },
    async ({ query }) => {
      const { window, notCounted } = await windowOf(query);
      const found = await subjectsOf('dataset', window);
      const datasets = found.map(({ subject, ...rest }) => ({ dataset: subject as DatasetId, ...rest }));
      return { window: presentWindow(window), notCounted, datasets };
    },
  );

  app.get(
    '/v1/statistics/sources',
    {
      schema: {
        operationId: 'listSourceStatistics',
        summary: 'Sources by what they gave to runs in a window',
        tags: TAGS,
        querystring: statisticsQuerySchema,
        response: answers(200, sourceStatisticsSchema),
      },
    },
    async ({ query }) => {
      const { window, notCounted } = await windowOf(query);
      const found = await subjectsOf('source', window);
      const sources = found
        .map(({ subject, ...rest }) => ({ source: subject as SourceId, ...rest }))
        .filter(({ source }) => SOURCES.includes(source));
      return { window: presentWindow(window), notCounted, sources };
    },
  );
}

function jobOf(id: number, names: readonly JobName[]) {
  const known = names.find((one) => one.id === id);
  return { id, key: known?.key ?? null, name: known?.name ?? null };
}
