import { beforeAll, beforeEach, describe, expect } from 'vitest';
import { SYMBOLS } from '../support/smallMarket.ts';
import { conforms, type Row } from './conformance.ts';
import { useDocumentedStand } from './documentedStand.ts';
import {
  BAD_DATE,
  BASE,
  BUSY,
  FAULTS,
  HISTORICAL,
  REALTIME,
  SPAN,
  get,
  historical,
  newestWish,
  post,
  start,
  started,
} from './taskRequests.ts';

// Section A of the contract, row by row: starting tasks, A1 and A7 to A9.

const stand = useDocumentedStand('task_management');

beforeAll(async () => void (await stand().sync({ dataset: 'stock_basics' })));
// nothing is open when a row begins
beforeEach(async () => void (await stand().work()));

describe('A1 starting a task for daily bars', () => {
  const good = (what: string, body: object, wish: object, has: object = {}): Row => ({
    what,
    ask: historical(body),
    status: 200,
    shape: HISTORICAL,
    has: { ...SPAN, stock_codes: null, test_mode: false, full_collection_mode: false, ...has },
    afterwards: async (_, at) =>
      expect(await newestWish(at)).toEqual({ dataset: 'daily_bars', force: false, ...wish }),
  });
  const span = { from: SPAN.start_date, to: SPAN.end_date };
  const codes = ['000001', '000002.SZ', 'sz000003', 'SH600001', 'sh.600002', '1.600003'];
  const symbols = ['000001.SZ', '000002.SZ', '000003.SZ', '600001.SH', '600002.SH', '600003.SH'];

  conforms(stand, [
    good('takes days alone for all stocks', {}, span),
    good(
      'takes every spelling of a code',
      { stock_codes: codes },
      { ...span, symbols },
      { stock_codes: codes },
    ),
    good('takes no codes for all', { stock_codes: [] }, span, { stock_codes: [] }),
    good('takes null for all', { stock_codes: null, indicators: null }, span),
    good(
      'takes five stocks in test mode, whatever codes are named',
      { test_mode: true, stock_codes: ['600001'] },
      { ...span, symbols: SYMBOLS.toSorted().slice(0, 5) },
      { test_mode: true, stock_codes: ['600001'] },
    ),
    good('takes the days that are named in full mode too', { full_collection_mode: true }, span, {
      full_collection_mode: true,
    }),
    good('asks again for what is there when forced', { force_update: true }, { ...span, force: true }),
    good(
      'takes flags as FastAPI reads them',
      { force_update: 'yes', test_mode: 0 },
      { ...span, force: true },
    ),
    good(
      'takes one day',
      { end_date: SPAN.start_date },
      { from: SPAN.start_date, to: SPAN.start_date },
      {
        end_date: SPAN.start_date,
      },
    ),
    good(
      'takes today and days without leading zeros, and echoes them',
      { start_date: '2024-1-4', end_date: '2024-01-31' },
      { ...span, to: '2024-01-31' },
      { start_date: '2024-1-4', end_date: '2024-01-31' },
    ),
    good('takes keys that it does not know', { sync_from_realtime: true, indicators: ['ma'], more: 1 }, span),
    {
      what: 'has the name of the function for a path as well',
      ask: post('start_historical_collection', SPAN),
      status: 200,
      shape: HISTORICAL,
    },
    {
      what: 'has it without the prefix too',
      ask: { method: 'POST', url: '/start_historical_collection', payload: SPAN },
      status: 200,
      shape: HISTORICAL,
    },
    { what: 'is for operators', as: 'operator', ask: historical(), status: 200, shape: HISTORICAL },
    { what: 'is not for viewers', as: 'viewer', ask: historical(), status: 403 },
    {
      what: 'is not for nobody',
      as: 'nobody',
      ask: historical(),
      status: 401,
      detail: '无效的管理员认证凭据',
    },
    ...[
      '2024/01/04',
      '20240104',
      '2024-13-01',
      '2024-02-30',
      '',
      'today',
      "2024-01-04'; --",
      '2024-01-04T00:00:00',
    ].map((start_date): Row => ({
      what: `refuses the day ${JSON.stringify(start_date)}`,
      ask: historical({ start_date }),
      status: 400,
      detail: BAD_DATE,
    })),
    {
      what: 'refuses a bad last day',
      ask: historical({ end_date: '2024-1-32' }),
      status: 400,
      detail: BAD_DATE,
    },
    {
      what: 'refuses while a task is open',
      ask: async (at) => (await start(at), historical()),
      status: 400,
      detail: BUSY,
    },
    {
      what: 'looks at the days first, and at what is open next',
      ask: async (at) => (await start(at), historical({ start_date: 'x', stock_codes: ['none'] })),
      status: 400,
      detail: BAD_DATE,
    },
    {
      what: 'looks at the codes last',
      ask: async (at) => (await start(at), historical({ stock_codes: ['none'] })),
      status: 400,
      detail: BUSY,
    },
    {
      what: 'refuses days in the wrong order',
      ask: historical({ start_date: '2024-01-12', end_date: '2024-01-04' }),
      status: 400,
      detail: '开始日期不能晚于结束日期：2024-01-12 > 2024-01-04',
    },
    {
      what: 'refuses a day to come',
      ask: historical({ end_date: '2024-02-01' }),
      status: 400,
      detail: '日期不能晚于今天（2024-01-31）',
    },
    {
      what: 'refuses codes that nobody has',
      ask: historical({ stock_codes: ['000001', '999999', '平安银行'] }),
      status: 400,
      detail: '股票代码不存在或无法识别：999999、平安银行',
    },
    {
      what: 'names only some of many',
      ask: historical({ stock_codes: Array.from({ length: 9 }, (_, at) => `no ${at}`) }),
      status: 400,
      detail: '股票代码不存在或无法识别：no 0、no 1、no 2、no 3、no 4等 9 个',
    },
    {
      what: 'says that Hong Kong is not collected',
      ask: historical({ market: 'HK' }),
      status: 400,
      detail: '暂不支持港股（HK）数据采集，请使用 market=CN',
    },
    {
      what: 'knows no other market',
      ask: historical({ market: 'US' }),
      status: 400,
      detail: 'market只支持CN/HK',
    },
    {
      what: 'names a field that is missing',
      ask: post('historical', { start_date: '2024-01-04' }),
      status: 422,
      shape: FAULTS,
      has: { detail: [{ loc: ['body', 'end_date'], msg: 'Field required', type: 'missing' }] },
    },
    {
      what: 'names fields of the wrong type',
      ask: historical({ start_date: 20240104, stock_codes: '000001', test_mode: 'maybe' }),
      status: 422,
      shape: FAULTS,
      has: {
        detail: [
          { loc: ['body', 'start_date'], type: 'string_type' },
          { loc: ['body', 'stock_codes'], type: 'list_type' },
          { loc: ['body', 'test_mode'], type: 'bool_parsing' },
        ],
      },
    },
    { what: 'names a code that is none', ask: historical({ stock_codes: [1] }), status: 422, shape: FAULTS },
    {
      what: 'needs JSON',
      ask: {
        method: 'POST',
        url: `${BASE}/historical`,
        payload: '{',
        headers: { 'content-type': 'application/json' },
      },
      status: 422,
      shape: FAULTS,
    },
    { what: 'is not read', ask: get('historical'), status: 405 },
  ]);
});

describe('A7 starting a task for quotes', () => {
  conforms(stand, [
    {
      what: 'takes an empty body for the market',
      ask: post('realtime', {}),
      status: 200,
      shape: REALTIME,
      has: { stock_code: null, full_collection_mode: false },
    },
    {
      what: 'takes a stock',
      ask: post('realtime', { market: 'CN', stock_code: '000001' }),
      status: 200,
      shape: REALTIME,
      has: { stock_code: '000001' },
      afterwards: async (_, at) =>
        expect(await newestWish(at)).toEqual({ dataset: 'quotes', symbols: ['000001.SZ'] }),
    },
    {
      what: 'takes full mode',
      ask: post('realtime', { full_collection_mode: true }),
      status: 200,
      shape: REALTIME,
      has: { full_collection_mode: true },
    },
    {
      what: 'knows two markets',
      ask: post('realtime', { market: 'US' }),
      status: 400,
      detail: 'market只支持CN/HK',
    },
    {
      what: 'says that Hong Kong is not collected',
      ask: post('realtime', { market: 'HK' }),
      status: 400,
      detail: '暂不支持港股（HK）数据采集，请使用 market=CN',
    },
    {
      what: 'refuses one stock and all of them',
      ask: post('realtime', { stock_code: '000001', full_collection_mode: true }),
      status: 400,
      detail: '单股采集与全量采集不可同时指定',
    },
    {
      what: 'refuses while a task of another kind is open',
      ask: async (at) => (await start(at), post('realtime', {})),
      status: 400,
      detail: BUSY,
    },
    {
      what: 'refuses a code that nobody has',
      ask: post('realtime', { stock_code: '123456' }),
      status: 400,
      detail: '股票代码不存在或无法识别：123456',
    },
    { what: 'names what is no text', ask: post('realtime', { stock_code: 1 }), status: 422, shape: FAULTS },
    { what: 'is not for viewers', as: 'viewer', ask: post('realtime', {}), status: 403 },
  ]);
});

describe.each([
  ['A8', 'tushare-historical', 'tushare_historical', 'Tushare历史数据采集任务已启动', true, ['tushare']],
  ['A9', 'realtime-historical', 'realtime_historical', '实时行情表历史采集任务已启动', false, undefined],
] as const)('%s starting a task at %s', (_, path, prefix, message, isFull, sources) => {
  conforms(stand, [
    {
      what: 'takes days',
      ask: post(path, { ...SPAN, indicators: ['ma'] }),
      status: 200,
      shape: started(prefix, message),
      has: { ...SPAN, full_collection_mode: isFull, test_mode: false, stock_codes: null },
      afterwards: async (__, at) =>
        expect(await newestWish(at)).toEqual({
          dataset: 'daily_bars',
          from: SPAN.start_date,
          to: SPAN.end_date,
          force: false,
          ...(sources && { sources: [...sources] }),
        }),
    },
    { what: 'takes force', ask: post(path, { ...SPAN, force_update: true }), status: 200 },
    {
      what: 'refuses bad days',
      ask: post(path, { ...SPAN, end_date: '1/2' }),
      status: 400,
      detail: BAD_DATE,
    },
    {
      what: 'refuses days in the wrong order',
      ask: post(path, { start_date: '2024-01-02', end_date: '2024-01-01' }),
      status: 400,
      detail: '开始日期不能晚于结束日期：2024-01-02 > 2024-01-01',
    },
    {
      what: 'refuses while a task is open',
      ask: async (at) => (await start(at), post(path, SPAN)),
      status: 400,
      detail: BUSY,
    },
    { what: 'needs its days', ask: post(path, {}), status: 422, shape: FAULTS },
    { what: 'is not for viewers', as: 'viewer', ask: post(path, SPAN), status: 403 },
  ]);
});
