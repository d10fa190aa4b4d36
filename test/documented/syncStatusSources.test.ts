import { AppError, type DatasetId } from '@tapekeeper/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AskContext, Probe } from '../../packages/server/src/ports/source.ts';
import { conforms } from './conformance.ts';
import { useDocumentedStand } from './documentedStand.ts';
import { toldShape } from './syncShapes.ts';

const stand = useDocumentedStand('sync_status_sources', {
  facts: { version: '1.2.3', mode: 'live', startedAt: 0 },
});

const MULTI = '/api/sync/multi-source';
const TEST = `${MULTI}/test-sources`;

const tokenSource = z.enum(['database', 'env']).optional();
const ranked = { name: z.string(), priority: z.int() };
const sourceShape = z.strictObject({
  ...ranked,
  available: z.boolean(),
  description: z.string(),
  token_source: tokenSource,
});
const testShape = z.strictObject({
  ...ranked,
  available: z.boolean(),
  message: z.string().regex(/^(✅ 连接成功|❌ 数据源不可用|❌ 连接超时 \(10秒\)|❌ 连接失败: )/),
  token_source: tokenSource,
});

type ProbeOf = (dataset: DatasetId, context: AskContext) => Promise<Probe>;

function probing(of: 'tushare' | 'baostock', probe: ProbeOf): void {
  Object.assign(stand()[of], { probe });
}

const good: ProbeOf = async (dataset) => ({ api: dataset, raw: '', parsed: null, ms: 12.4 });
/** Answers only that it was told to stop. */
const silent: ProbeOf = (_, { signal }) =>
  new Promise((_resolve, reject) => {
    const stop = (): void => reject(new AppError('interrupted'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
const refusing: ProbeOf = () =>
  Promise.reject(new AppError('upstream_refused', { source: 'tushare', message: 'closed.' }));

describe('the sources', () => {
  conforms(stand, [
    {
      what: 'E sources/status ranks them, the greatest first',
      as: 'viewer',
      ask: { url: `${MULTI}/sources/status` },
      status: 200,
      shape: toldShape(z.array(sourceShape)),
      has: {
        success: true,
        message: 'Data sources status retrieved successfully',
        data: [
          { name: 'tushare', priority: 2, available: true, token_source: 'env' },
          { name: 'baostock', priority: 1, available: true },
        ],
      },
    },
    {
      what: 'E sources/current is the one that is asked first',
      ask: { url: `${MULTI}/sources/current` },
      status: 200,
      shape: toldShape(
        z.strictObject({
          ...ranked,
          description: z.string(),
          token_source: tokenSource,
          token_source_display: z.string(),
        }),
      ),
      has: { success: true, data: { name: 'tushare', priority: 2, token_source_display: '.env 配置' } },
    },
    {
      what: 'E recommendations name the first, the next, and what stands in the way',
      ask: { url: `${MULTI}/recommendations` },
      status: 200,
      shape: toldShape(
        z.strictObject({
          primary_source: z.strictObject({ ...ranked, reason: z.string() }).nullable(),
          fallback_sources: z.array(z.strictObject(ranked)),
          suggestions: z.array(z.string()),
          warnings: z.array(z.string()),
        }),
      ),
      has: {
        data: {
          primary_source: { name: 'tushare', priority: 2 },
          fallback_sources: [{ name: 'baostock', priority: 1 }],
          suggestions: [],
          warnings: [],
        },
      },
    },
    {
      what: 'E sources/status of nobody',
      as: 'nobody',
      ask: { url: `${MULTI}/sources/status` },
      status: 401,
    },
    {
      what: 'E cache has nothing to clear',
      as: 'operator',
      ask: { method: 'DELETE', url: `${MULTI}/cache` },
      status: 200,
      shape: toldShape(z.strictObject({ cleared: z.literal(true), items_cleared: z.int() })),
      has: {
        success: true,
        data: { items_cleared: 0 },
        message: 'Cache cleared successfully, 0 items removed',
      },
    },
    {
      what: 'E cache of a viewer',
      as: 'viewer',
      ask: { method: 'DELETE', url: `${MULTI}/cache` },
      status: 403,
    },
  ]);

  it('says where a token is from only of who needs one', async () => {
    const answer = await stand().askAs('viewer', { url: `${MULTI}/sources/status` });
    const [tushare, baostock] = answer.json<{ data: { description: string }[] }>().data;
    expect(tushare?.description).toMatch(/ \(Token来源: \.env\)$/);
    expect(baostock).not.toHaveProperty('token_source');
  });

  it('says that the token is from the database once one is kept there', async () => {
    const { secrets } = stand().deps;
    await secrets.keep('source:tushare', 'a-token-of-tests-only', 'tests');
    const status = await stand().askAs('viewer', { url: `${MULTI}/sources/status` });
    expect(status.json()).toMatchObject({ data: [{ token_source: 'database' }, {}] });
    expect(status.body).toContain('(Token来源: 数据库)');
    expect(status.body).not.toContain('a-token-of-tests-only');
    const current = await stand().askAs('viewer', { url: `${MULTI}/sources/current` });
    expect(current.json()).toMatchObject({ data: { token_source_display: '数据库配置' } });
    await secrets.remove('source:tushare');
  });

  it('follows the order that people have set', async () => {
    const { store } = stand().deps;
    await store.setPriority('stock_basics', ['baostock', 'tushare'], 'tests');
    const current = await stand().askAs('viewer', { url: `${MULTI}/sources/current` });
    expect(current.json()).toMatchObject({ data: { name: 'baostock', priority: 2 } });
    await store.clearPriority('stock_basics');
  });
});

describe('a test of the sources', () => {
  beforeAll(() => {
    probing('tushare', good);
    probing('baostock', good);
  });

  conforms(stand, [
    {
      what: 'E test-sources asks all where there is no body',
      as: 'operator',
      ask: { method: 'POST', url: TEST },
      status: 200,
      shape: toldShape(z.strictObject({ test_results: z.array(testShape) })),
      has: {
        success: true,
        message: 'Tested 2 data sources, 2 available',
        data: {
          test_results: [
            { name: 'tushare', priority: 2, available: true, message: '✅ 连接成功 (12 ms)' },
            { name: 'baostock', priority: 1, available: true },
          ],
        },
      },
    },
    {
      what: 'E test-sources asks one by name',
      ask: { method: 'POST', url: TEST, payload: { source_name: 'baostock' } },
      status: 200,
      has: { message: 'Tested 1 data sources, 1 available' },
    },
    {
      what: 'E test-sources asks all where the name is null',
      ask: { method: 'POST', url: TEST, payload: { source_name: null } },
      status: 200,
      has: { message: 'Tested 2 data sources, 2 available' },
    },
    {
      what: 'E test-sources of a source that is none',
      ask: { method: 'POST', url: TEST, payload: { source_name: 'x' } },
      status: 400,
      detail: "Data source 'x' not found",
    },
    {
      what: 'E test-sources with a name that is a number',
      ask: { method: 'POST', url: TEST, payload: { source_name: 7 } },
      status: 422,
    },
    { what: 'E test-sources of a viewer', as: 'viewer', ask: { method: 'POST', url: TEST }, status: 403 },
  ]);

  it('gives a source that is silent ten seconds, and tells what another one said', async () => {
    probing('tushare', silent);
    probing('baostock', refusing);
    const answer = await stand().askAs('operator', { method: 'POST', url: TEST });
    expect(answer.json()).toMatchObject({
      success: true,
      message: 'Tested 2 data sources, 0 available',
      data: {
        test_results: [
          { available: false, message: '❌ 连接超时 (10秒)' },
          { available: false, message: expect.stringMatching(/^❌ 连接失败: .*closed\./) },
        ],
      },
    });
  });
});

describe('without a source that may be asked', () => {
  beforeAll(async () => {
    for (const host of ['tushare.test', 'baostock.test'])
      await stand().deps.store.openBreaker(host, 'tests', 60_000);
  });
  afterAll(async () => {
    for (const host of ['tushare.test', 'baostock.test']) await stand().deps.store.closeBreaker(host);
  });

  conforms(stand, [
    {
      what: 'E sources/current says no',
      ask: { url: `${MULTI}/sources/current` },
      status: 200,
      shape: toldShape(z.strictObject({ name: z.null(), priority: z.null() })),
      has: { success: false, message: 'No available data sources', data: { name: null, priority: null } },
    },
    {
      what: 'E recommendations have no first, and say why',
      ask: { url: `${MULTI}/recommendations` },
      status: 200,
      has: {
        data: {
          primary_source: null,
          fallback_sources: [],
          suggestions: [expect.any(String)],
          warnings: expect.arrayContaining([expect.stringContaining('暂停访问')]),
        },
      },
    },
  ]);
});
