import { z } from 'zod';
import type { AppError, ErrorCode } from '@tapekeeper/core';
import type { AppDeps } from '../../../../app/deps.ts';
import type { Warning } from '../../../../app/router/recommend.ts';
import { testSource } from '../../../../app/router/testSource.ts';
import type { HttpApp, HttpContext } from '../../../context.ts';
import { NEEDS_TOKEN } from '../../../openapi.ts';
import { text } from '../../fields.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { documentedAnswers } from '../../system.ts';
import { told, toldSchema } from '../envelope.ts';
import { sourcesOfList, type SourceFacts } from './sourceFacts.ts';

const tokenSource = z.enum(['database', 'env']).optional();
const sourceSchema = z.strictObject({
  name: z.string(),
  priority: z.int(),
  available: z.boolean(),
  description: z.string(),
  token_source: tokenSource,
});
const currentSchema = z.strictObject({
  name: z.string(),
  priority: z.int(),
  description: z.string(),
  token_source: tokenSource,
  token_source_display: z.string().optional(),
});
const noneSchema = z.strictObject({ name: z.null(), priority: z.null() });
const testSchema = z.strictObject({
  name: z.string(),
  priority: z.int(),
  available: z.boolean(),
  message: z.string(),
  token_source: tokenSource,
});
const rankedShape = { name: z.string(), priority: z.int() };
const recommendationSchema = z.strictObject({
  primary_source: z.strictObject({ ...rankedShape, reason: z.string() }).nullable(),
  fallback_sources: z.array(z.strictObject(rankedShape)),
  suggestions: z.array(z.string()),
  warnings: z.array(z.string()),
});

const TOKEN_DISPLAY = { database: '数据库配置', env: '.env 配置' } as const;

/** The sources of the stock list: how they are, who is asked first, and one small call to each. */
export function sourceRoutes(app: HttpApp, context: HttpContext, tag: string): void {
  const { deps } = context;
  const tags = [tag];
  app.get(
    '/api/sync/multi-source/sources/status',
    {
      schema: {
        operationId: 'tradingAgentsSources',
        summary: 'Sources with their priority, and whether they can be asked',
        tags,
        response: documentedAnswers(200, toldSchema(z.array(sourceSchema))),
      },
    },
    async () =>
      told([...(await sourcesOfList(context)).sources], 'Data sources status retrieved successfully'),
  );

  app.get(
    '/api/sync/multi-source/sources/current',
    {
      schema: {
        operationId: 'tradingAgentsCurrentSource',
        summary: 'The source that would be asked first',
        tags,
        response: documentedAnswers(200, toldSchema(z.union([currentSchema, noneSchema]))),
      },
    },
    async () => {
      const current = (await sourcesOfList(context)).sources.find(({ available }) => available);
      if (current === undefined)
        return told({ name: null, priority: null }, 'No available data sources', false);
      const { available: _, ...shown } = current;
      const { token_source: token } = shown;
      return told(
        { ...shown, ...(token !== undefined && { token_source_display: TOKEN_DISPLAY[token] }) },
        'Current data source retrieved successfully',
      );
    },
  );

  app.post(
    '/api/sync/multi-source/test-sources',
    {
      schema: {
        operationId: 'tradingAgentsTestSources',
        summary: 'One small call to each source, or to one, within ten seconds',
        tags,
        security: NEEDS_TOKEN,
        body: z.object({ source_name: text().nullish() }).nullish(),
        response: documentedAnswers(200, toldSchema(z.strictObject({ test_results: z.array(testSchema) }))),
      },
    },
    async ({ body }) => {
      const { sources } = await sourcesOfList(context);
      const wanted = body?.source_name ?? '';
      const tested = wanted === '' ? sources : sources.filter(({ name }) => name === wanted);
      if (tested.length === 0)
        throw new DocumentedRefusal('unknown_source', 400, `Data source '${wanted}' not found`);
      const results = await Promise.all(tested.map((source) => tryOut(deps, source)));
      const able = results.filter(({ available }) => available).length;
      return told({ test_results: results }, `Tested ${results.length} data sources, ${able} available`);
    },
  );

  app.get(
    '/api/sync/multi-source/recommendations',
    {
      schema: {
        operationId: 'tradingAgentsRecommendations',
        summary: 'Whom a sync would ask first and next, and what stands in the way',
        tags,
        response: documentedAnswers(200, toldSchema(recommendationSchema)),
      },
    },
    async () => {
      const { sources, warnings } = await sourcesOfList(context);
      const [primary, ...fallbacks] = sources.filter(({ available }) => available);
      return told(
        {
          primary_source:
            primary === undefined ? null : { ...ranked(primary), reason: '可用的数据源中优先级最高' },
          fallback_sources: fallbacks.map(ranked),
          suggestions: suggestionsOf(primary, fallbacks),
          warnings: warnings.map(warningText),
        },
        'Recommendations generated successfully',
      );
    },
  );
}

/** A source that is switched off is not asked. */
async function tryOut(deps: AppDeps, source: SourceFacts): Promise<z.infer<typeof testSchema>> {
  const { name, priority, token_source } = source;
  const shown = { name, priority, ...(token_source !== undefined && { token_source }) };
  if (priority === 0) return { ...shown, available: false, message: '❌ 数据源不可用' };
  const { ok, ms, error } = await testSource(deps, name);
  return {
    ...shown,
    available: ok,
    message: ok ? `✅ 连接成功 (${Math.round(ms ?? 0)} ms)` : wordsOf(error),
  };
}

/** Errors that say no more than that nothing comes from there now. */
const UNAVAILABLE: readonly ErrorCode[] = ['breaker_open', 'permission_denied'];

function wordsOf(error: AppError | null): string {
  if (error === null || UNAVAILABLE.includes(error.code)) return '❌ 数据源不可用';
  return error.code === 'timeout' ? '❌ 连接超时 (10秒)' : `❌ 连接失败: ${error.message}`;
}

function ranked({ name, priority }: SourceFacts): z.infer<z.ZodObject<typeof rankedShape>> {
  return { name, priority };
}

function suggestionsOf(primary: SourceFacts | undefined, fallbacks: readonly SourceFacts[]): string[] {
  if (primary === undefined) return ['没有可用的数据源，请检查 Token 与网络'];
  return fallbacks.length === 0 ? ['只有一个可用的数据源，建议启用备用数据源'] : [];
}

const WARNINGS: Readonly<Record<Warning['code'], (source: string, detail: string) => string>> = {
  no_source: () => '没有可用的数据源',
  no_right: (source, detail) => `${source} 没有接口权限：${detail}`,
  breaker_open: (source, detail) => `${source} 暂停访问，直至：${detail}`,
  no_fallback: (source) => `除 ${source} 外没有备用数据源`,
  not_all_exchanges: (source, detail) => `${source} 不提供以下交易所的数据：${detail}`,
};

function warningText({ code, source, detail }: Warning): string {
  return WARNINGS[code](source ?? '', detail);
}
