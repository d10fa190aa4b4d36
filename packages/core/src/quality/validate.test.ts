import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtinCalendar } from '../calendar/builtin.ts';
import { DATASETS, DATASET_IDS } from '../dataset/catalogue.ts';
import type { DatasetId, Row } from '../dataset/dataset.ts';
import { calendarOfScale } from '../calendar/quarters.ts';
import { plainDay, shanghaiInstant } from '../day.ts';
import { boardOf, type Symbol } from '../symbol/symbol.ts';
import type { ListingFacts } from './rule.ts';
import { QUALITY_RULES, ruleOf } from './rules.ts';
import { validateBatch, type BatchVerdict } from './validate.ts';

const calendar = builtinCalendar();

const listingOf = (symbol: Symbol): ListingFacts | undefined =>
  symbol.startsWith('999')
    ? undefined
    : {
        listDate: plainDay('2020-01-06'),
        delistDate: plainDay('2025-01-06'),
        board: boardOf(symbol) ?? null,
      };

const judge = (dataset: DatasetId, rows: readonly Row[]): BatchVerdict =>
  validateBatch({
    dataset,
    rows,
    calendar: calendarOfScale(DATASETS[dataset].cells?.scale, calendar),
    listingOf: dataset === 'index_bars' ? () => ANY_INDEX : listingOf,
  });

const ANY_INDEX: ListingFacts = { listDate: null, delistDate: null, board: null };

const GOOD: Readonly<Record<DatasetId, Row>> = {
  stock_basics: {
    symbol: '600000.SH',
    name: '浦发银行',
    exchange: 'XSHG',
    board: 'main',
    list_status: 'L',
    list_date: '1999-11-10',
    delist_date: null,
  },
  trade_calendar: { exchange: 'XSHG', cal_date: '2024-01-03', is_open: true, prev_trade_date: '2024-01-02' },
  daily_bars: {
    symbol: '600000.SH',
    trade_date: '2024-01-03',
    open: 6.63,
    high: 6.66,
    low: 6.6,
    close: 6.64,
    pre_close: 6.63,
    volume: 17_000_000,
    amount: 112_710_000,
    pct_chg: 0.15,
  },
  daily_basics: {
    symbol: '600000.SH',
    trade_date: '2024-01-03',
    turnover_rate: 0.06,
    volume_ratio: 0.9,
    pe: null,
    pe_ttm: -3.2,
    pb: 0.3,
    pcf_ttm: -1.1,
    total_share: 29_352_175_000,
    float_share: 29_352_175_000,
    free_share: 9_000_000_000,
    total_mv: 194_898_442_000.5,
  },
  adj_factors: { symbol: '600000.SH', trade_date: '2024-01-03', adj_factor: 12.345 },
  weekly_bars: { symbol: '600000.SH', trade_date: '2024-01-05', close: 6.6 },
  monthly_bars: { symbol: '600000.SH', trade_date: '2024-01-31', close: 6.6 },
  minute_bars: {
    symbol: '600000.SH',
    trade_date: '2024-01-03',
    bar_time: shanghaiInstant(plainDay('2024-01-03'), 10 * 60),
    open: 6.63,
    high: 6.64,
    low: 6.62,
    close: 6.63,
    volume: 100_000,
    amount: 663_000,
  },
  index_basics: { symbol: '000001.SH', name: '上证指数', exchange: 'XSHG', base_date: '1990-12-19' },
  index_bars: {
    symbol: '000001.SH',
    trade_date: '2024-01-03',
    open: 2957.1,
    high: 2971.3,
    low: 2952.8,
    close: 2967.2,
    pre_close: 2962.3,
    volume: 26_000_000_000,
    amount: 290_000_000_000,
  },
  price_limits: { symbol: '600000.SH', trade_date: '2024-01-03', up_limit: 7.29, down_limit: 5.97 },
  quotes: {
    symbol: '600000.SH',
    trade_date: '2024-01-03',
    quoted_at: shanghaiInstant(plainDay('2024-01-03'), 11 * 60),
    last: 6.63,
    high: 6.64,
    low: 6.62,
    pre_close: 6.62,
    volume: 100_000,
    amount: 663_000,
  },
  financials: {
    symbol: '600000.SH',
    period: '2023-12-31',
    statement: 'balance',
    ann_date: '2024-04-20',
    report_type: '1',
    update_flag: '0',
    total_assets: 100,
    total_liabilities: 60,
    total_equity: 40,
    items: '{"money_cap": 5}',
  },
  dividends: {
    symbol: '600000.SH',
    period: '2023-12-31',
    ann_date: '2024-04-20',
    progress: 'proposal',
    cash: 0.32,
  },
  suspensions: { symbol: '600000.SH', trade_date: '2024-01-03', suspend_type: 'S' },
  name_changes: { symbol: '600000.SH', start_date: '2021-01-04', name: '浦发银行', end_date: null },
  news: {
    news_id: 'a1',
    published_at: shanghaiInstant(plainDay('2024-01-03'), 500),
    title: '快讯',
    symbols: '["600000.SH"]',
  },
  announcements: { announcement_id: '1', symbol: '600000.SH', ann_date: '2024-01-03', title: '公告' },
};

describe.each(DATASET_IDS)('a good row of %s', (dataset) => {
  test('is accepted without a flag', () => {
    expect(judge(dataset, [GOOD[dataset]])).toEqual({ accepted: [GOOD[dataset]], refused: [], flags: [] });
  });

  test('may lack what its source does not fill', () => {
    const bare = Object.fromEntries(DATASETS[dataset].key.map((name) => [name, GOOD[dataset][name]!]));
    expect(judge(dataset, [bare]).refused).toEqual([]);
  });
});

describe('a row is refused', () => {
  test.each<[rule: string, dataset: DatasetId, change: Row]>([
    ['key_missing', 'daily_bars', { symbol: null }],
    ['key_missing', 'daily_bars', { symbol: '600000' }],
    ['key_missing', 'daily_bars', { symbol: '600000.sh' }],
    ['key_missing', 'daily_bars', { trade_date: '20240103' }],
    ['key_missing', 'daily_bars', { trade_date: '2024-02-30' }],
    ['key_missing', 'stock_basics', { symbol: '' }],
    ['key_missing', 'trade_calendar', { cal_date: null }],
    ['value_missing', 'daily_bars', { close: null }],
    ['value_missing', 'trade_calendar', { is_open: null }],
    ['wrong_type', 'daily_bars', { close: '6.64' }],
    ['wrong_type', 'daily_bars', { volume: true }],
    ['wrong_type', 'trade_calendar', { is_open: 1 }],
    ['wrong_type', 'stock_basics', { name: 5 }],
    ['wrong_type', 'stock_basics', { name: 'a\0b' }],
    ['wrong_type', 'stock_basics', { list_date: '19991110' }],
    ['not_finite', 'daily_bars', { close: Number.NaN }],
    ['not_finite', 'daily_bars', { volume: Infinity }],
    ['not_finite', 'adj_factors', { adj_factor: -Infinity }],
    ['not_whole', 'daily_bars', { volume: 0.5 }],
    ['not_whole', 'daily_basics', { total_share: 2 ** 60 }],
    ['unknown_symbol', 'daily_bars', { symbol: '999999.SH' }],
    ['unknown_symbol', 'adj_factors', { symbol: '999999.SH' }],
    ['off_calendar', 'daily_bars', { trade_date: '2024-01-01' }],
    ['off_calendar', 'daily_basics', { trade_date: '2024-02-04' }],
    ['before_listing', 'daily_bars', { trade_date: '2020-01-03' }],
    ['price_positive', 'daily_bars', { low: 0 }],
    ['price_positive', 'daily_bars', { pre_close: -6.63 }],
    ['ohlc_order', 'daily_bars', { high: 6.62 }],
    ['ohlc_order', 'daily_bars', { low: 6.635 }],
    ['ohlc_order', 'daily_bars', { close: 6.67 }],
    ['ohlc_order', 'daily_bars', { open: 6.59 }],
    ['volume_negative', 'daily_bars', { volume: -100 }],
    ['amount_negative', 'daily_bars', { amount: -1 }],
    ['rate_negative', 'daily_basics', { turnover_rate: -0.1 }],
    ['shares_negative', 'daily_basics', { free_share: -1 }],
    ['value_negative', 'daily_basics', { circ_mv: -1 }],
    ['factor_positive', 'adj_factors', { adj_factor: 0 }],
    ['key_missing', 'financials', { statement: '' }],
    ['key_missing', 'minute_bars', { bar_time: null }],
    ['wrong_type', 'minute_bars', { bar_time: '10:00' }],
    ['not_finite', 'news', { published_at: 1e18 }],
    ['wrong_type', 'financials', { items: '{"money_cap": ' }],
    ['wrong_type', 'news', { symbols: '["\\u0000"]' }],
    ['off_session', 'minute_bars', { bar_time: shanghaiInstant(plainDay('2024-01-03'), 12 * 60) }],
    ['off_session', 'minute_bars', { bar_time: shanghaiInstant(plainDay('2024-01-04'), 10 * 60) }],
    ['off_session', 'minute_bars', { bar_time: shanghaiInstant(plainDay('2024-01-03'), 10 * 60 + 1) }],
    ['ohlc_order', 'minute_bars', { close: 6.7 }],
    ['unknown_index', 'index_basics', { symbol: '600000.SH' }],
    ['exchange_mismatch', 'index_basics', { exchange: 'XSHE' }],
    ['off_calendar', 'index_bars', { trade_date: '2024-01-01' }],
    ['price_positive', 'index_bars', { close: 0 }],
    ['limit_order', 'price_limits', { up_limit: 5 }],
    ['price_positive', 'price_limits', { down_limit: 0 }],
    ['quote_scale', 'quotes', { last: 663, high: 664, low: 662, amount: 66_300_000 }],
    ['off_quarter', 'financials', { period: '2023-12-30' }],
    ['announced_early', 'financials', { ann_date: '2023-12-30' }],
    ['unknown_statement', 'financials', { statement: 'notes' }],
    ['unknown_progress', 'dividends', { progress: '实施' }],
    ['share_out_negative', 'dividends', { cash: -0.1 }],
    ['unknown_suspension', 'suspensions', { suspend_type: 'X' }],
    ['name_order', 'name_changes', { end_date: '2020-12-31' }],
    ['symbol_form', 'announcements', { symbol: '600000' }],
    ['not_a_share', 'stock_basics', { symbol: '900901.SH' }],
    ['exchange_mismatch', 'stock_basics', { exchange: 'XSHE' }],
    ['unknown_status', 'stock_basics', { list_status: 'X' }],
    ['listing_order', 'stock_basics', { delist_date: '1999-11-10' }],
    ['unknown_exchange', 'trade_calendar', { exchange: 'SSE' }],
    ['weekend_open', 'trade_calendar', { cal_date: '2024-02-04' }],
    ['previous_day_order', 'trade_calendar', { prev_trade_date: '2024-01-03' }],
  ])('by %s: %s with %o', (rule, dataset, change) => {
    const row = { ...GOOD[dataset], ...change };
    const { accepted, refused } = judge(dataset, [row]);
    expect(accepted).toEqual([]);
    expect(refused).toMatchObject([{ row, rule }]);
    expect(refused[0]!.detail).not.toBe('');
    expect(ruleOf(rule)).toMatchObject({ id: rule, action: 'refuse' });
  });
});

describe('a row is flagged', () => {
  test.each<[rule: string, dataset: DatasetId, change: Row]>([
    ['after_delisting', 'daily_bars', { trade_date: '2025-01-06' }],
    ['limit_exceeded', 'daily_bars', { pre_close: 6.02 }],
    ['limit_exceeded', 'daily_bars', { pre_close: 7.4 }],
    [
      'limit_exceeded',
      'daily_bars',
      { open: 1.95, high: 1.95, low: 1.8, close: 1.95, pre_close: 1.76, volume: 100, amount: 190 },
    ],
    ['amount_volume_mismatch', 'daily_bars', { amount: 17_000_000 * 6.66 * 1.011 }],
    ['amount_volume_mismatch', 'daily_bars', { amount: 17_000_000 * 6.6 * 0.989 }],
    ['amount_volume_mismatch', 'daily_bars', { volume: 0 }],
    ['turnover_above_100', 'daily_basics', { turnover_rate: 100.5 }],
    ['float_above_total', 'daily_basics', { float_share: 29_352_175_001 }],
    ['float_above_total', 'daily_basics', { free_share: 29_352_175_001 }],
    ['list_date_missing', 'stock_basics', { list_date: null }],
    ['delist_date_missing', 'stock_basics', { list_status: 'D' }],
    ['calendar_changed', 'trade_calendar', { is_open: false }],
  ])('by %s: %s with %o', (rule, dataset, change) => {
    const row = { ...GOOD[dataset], ...change };
    const { accepted, refused, flags } = judge(dataset, [row]);
    expect(refused).toEqual([]);
    expect(accepted).toEqual([row]);
    expect(flags).toMatchObject([{ row, rule }]);
    expect(ruleOf(rule)).toMatchObject({ id: rule, action: 'flag' });
  });
});

describe('a row is neither refused nor flagged', () => {
  test.each<[why: string, dataset: DatasetId, change: Row]>([
    ['on the first of five days without a limit', 'daily_bars', { trade_date: '2020-01-06', pre_close: 3 }],
    ['on the fifth of them', 'daily_bars', { trade_date: '2020-01-10', pre_close: 3 }],
    ['within the wider limit of its board', 'daily_bars', { symbol: '688001.SH', pre_close: 5.54 }],
    [
      'at a limit rounded up to a cent',
      'daily_bars',
      { open: 1.94, high: 1.94, low: 1.8, close: 1.94, pre_close: 1.76, volume: 100, amount: 190 },
    ],
    ['with a mean price at the edge of the day', 'daily_bars', { amount: 17_000_000 * 6.66 * 1.009 }],
    ['without trade', 'daily_bars', { volume: 0, amount: 0 }],
    ['of a symbol approved and not listed', 'stock_basics', { list_status: 'G', list_date: null }],
    ['of a weekend that is closed', 'trade_calendar', { cal_date: '2024-02-04', is_open: false }],
    [
      'of a day that nobody had announced',
      'trade_calendar',
      { cal_date: '2027-01-01', is_open: false, prev_trade_date: null },
    ],
  ])('%s', (_, dataset, change) => {
    const row = { ...GOOD[dataset], ...change };
    expect(judge(dataset, [row])).toEqual({ accepted: [row], refused: [], flags: [] });
  });

  test('for its change on the sixth day only', () => {
    const sixth = { ...GOOD.daily_bars, trade_date: '2020-01-13', pre_close: 3 };
    expect(judge('daily_bars', [sixth]).flags).toMatchObject([{ rule: 'limit_exceeded' }]);
  });

  test('for its change while the list date is not known', () => {
    const facts = { listDate: null, delistDate: null, board: 'main' } as const;
    const rows = [{ ...GOOD.daily_bars, pre_close: 3 }];
    expect(validateBatch({ dataset: 'daily_bars', rows, calendar, listingOf: () => facts }).flags).toEqual(
      [],
    );
  });

  test('on an assumed weekday, while an assumed weekend is closed', () => {
    const open = { ...GOOD.daily_bars, trade_date: '2027-01-04' };
    const facts = { listDate: plainDay('1999-11-10'), delistDate: null, board: 'main' } as const;
    const rows = [open, { ...open, trade_date: '2027-01-03' }];
    const { accepted, refused } = validateBatch({
      dataset: 'daily_bars',
      rows,
      calendar,
      listingOf: () => facts,
    });
    expect(accepted).toEqual([open]);
    expect(refused).toMatchObject([{ rule: 'off_calendar' }]);
  });
});

test('a low above the high is refused where the source gives no other price', () => {
  const row = { symbol: '600000.SH', trade_date: '2024-01-03', high: 6.6, low: 6.66 };
  expect(judge('daily_bars', [row]).refused).toMatchObject([{ rule: 'ohlc_order' }]);
});

describe('a batch', () => {
  test.each(DATASET_IDS)('of %s keeps the first row of a key and refuses the second', (dataset) => {
    const again = { ...GOOD[dataset] };
    const { accepted, refused } = judge(dataset, [GOOD[dataset], again]);
    expect(accepted).toEqual([GOOD[dataset]]);
    expect(refused).toMatchObject([{ rule: 'duplicate_key' }]);
    expect(refused[0]!.row).toBe(again);
  });

  test('lets a good row have the key of a refused one', () => {
    const bad = { ...GOOD.daily_bars, close: 0 };
    expect(judge('daily_bars', [bad, GOOD.daily_bars]).accepted).toEqual([GOOD.daily_bars]);
  });

  test('tells keys apart by symbol and by day', () => {
    const rows = ['600000.SH', '600001.SH'].flatMap((symbol) =>
      ['2024-01-03', '2024-01-04'].map((day) => ({ ...GOOD.daily_bars, symbol, trade_date: day })),
    );
    expect(judge('daily_bars', rows).accepted).toEqual(rows);
  });

  test('asks once for each symbol', () => {
    const asked: string[] = [];
    const rows = ['2024-01-03', '2024-01-04', '2024-01-05'].map((day) => ({
      ...GOOD.daily_bars,
      trade_date: day,
    }));
    validateBatch({
      dataset: 'daily_bars',
      rows,
      calendar,
      listingOf: (symbol) => {
        asked.push(symbol);
        return listingOf(symbol);
      },
    });
    expect(asked).toEqual(['600000.SH']);
  });

  test('is parted into accepted and refused rows, whatever its values are', () => {
    const values = fc.oneof(
      fc.constantFrom(null, true, '', '2024-01-03', '600000.SH', 'XSHG', 'L', 0, -1, 6.6, 1e300, Number.NaN),
      fc.double(),
      fc.string(),
    );
    const batches = fc.constantFrom(...DATASET_IDS).chain((dataset) => {
      const names = DATASETS[dataset].columns.map(({ name }) => name);
      const change = fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 3 });
      const rows = fc.array(change.map((each): Row => ({ ...GOOD[dataset], ...each })));
      return fc.tuple(fc.constant(dataset), rows);
    });
    fc.assert(
      fc.property(batches, ([dataset, rows]) => {
        const { accepted, refused, flags } = judge(dataset, rows);
        const parted = new Set([...accepted, ...refused.map(({ row }) => row)]);
        expect(parted).toEqual(new Set(rows));
        expect(accepted.length + refused.length).toBe(rows.length);
        for (const { row } of flags) expect(accepted).toContain(row);
        const ids = QUALITY_RULES[dataset].map(({ id }) => id);
        for (const { rule } of [...refused, ...flags]) expect(ids).toContain(rule);
        expect(judge(dataset, accepted)).toEqual({ accepted, refused: [], flags });
      }),
      { numRuns: 500 },
    );
  });
});
