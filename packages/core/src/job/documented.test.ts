import { describe, expect, it } from 'vitest';
import { readCommandLine } from './commandLine.ts';
import { documentedJob } from './documented.ts';

const DIR = 'python zquant/scheduler/job';

describe('a documented command', () => {
  it.each([
    [`${DIR}/sync_trading_calendar.py`, 'sync', { dataset: 'trade_calendar' }],
    [`${DIR}/sync_stock_list.py`, 'sync', { dataset: 'stock_basics' }],
    [`${DIR}/sync_stock_list.py --codes 000001.SZ`, 'sync', { dataset: 'stock_basics' }],
    [`${DIR}/sync_daily_data.py`, 'sync', { dataset: 'daily_bars' }],
    [
      `${DIR}/sync_daily_data.py --start-date 20240101 --end-date 2024-12-31`,
      'sync',
      { dataset: 'daily_bars', from: '2024-01-01', to: '2024-12-31' },
    ],
    [
      `python3 ./zquant/scheduler/job/sync_daily_data.py --start-date=20240101 --codes "000001.SZ, 600000.SH"`,
      'sync',
      { dataset: 'daily_bars', from: '2024-01-01', symbols: ['000001.SZ', '600000.SH'] },
    ],
    [
      `/usr/bin/python3.11 'C:\\jobs\\sync_daily_basic_data.py' --end_date 20250630`,
      'sync',
      { dataset: 'daily_basics', from: '2025-01-01', to: '2025-06-30' },
    ],
    [`${DIR}/sync_factor_data.py`, 'sync', { dataset: 'adj_factors' }],
    [`${DIR}/sync_financial_data.py --statement-type income`, 'sync', { dataset: 'financials' }],
    [`${DIR}/sync_table_statistics.py`, 'statistics', {}],
  ])('%s', (command, type, params) => {
    expect(documentedJob({ command })).toMatchObject({ work: { type, params } });
    const found = documentedJob({ command, task_action: 'nonsense' });
    expect('work' in found && found.work.params).toEqual(params);
  });

  it.each([
    [`${DIR}/sync_stkfactorpro_data.py`, 'stk_factor_pro'],
    [`${DIR}/calculate_factor.py`, 'collects it'],
    ['python my.py', 'TAPEKEEPER_COMMANDS'],
    ['bash sync_daily_data.py', 'TAPEKEEPER_COMMANDS'],
    ['', 'neither'],
    [`${DIR}/sync_daily_data.py --start-date`, 'options'],
    [`${DIR}/sync_daily_data.py --rm -rf`, 'options'],
    [`${DIR}/sync_daily_data.py --start-date 20240230`, 'not a day'],
    [`${DIR}/sync_daily_data.py; rm -rf /`, 'shell'],
    [`${DIR}/sync_daily_data.py --codes "$(id)"`, 'shell'],
    [`${DIR}/sync_daily_data.py --codes "000001.SZ`, 'quote'],
    [`${DIR}/sync_daily_data.py\nid`, 'shell'],
  ])('%j is refused with its reason', (command, reason) => {
    const found = documentedJob({ command });
    expect(found).toHaveProperty('refused');
    if ('refused' in found) {
      expect(found.why.en).toContain(reason);
      expect(found.why.zh).toMatch(/[\u4e00-\u9fff]/);
    }
  });
});

describe('a documented action', () => {
  it.each([
    [{ task_action: 'sync_stock_list' }, { type: 'sync', params: { dataset: 'stock_basics' } }],
    [
      { task_action: 'sync_trading_calendar', start_date: '20260101', end_date: 20_261_231 },
      { type: 'sync', params: { dataset: 'trade_calendar', from: '2026-01-01', to: '2026-12-31' } },
    ],
    [
      { task_action: 'sync_daily_data', ts_code: '000001.SZ' },
      { type: 'sync', params: { dataset: 'daily_bars', symbols: ['000001.SZ'] } },
    ],
    [
      { task_action: 'sync_all_daily_data', codelist: ['000001.SZ', '600000.SH'], command: ' ' },
      { type: 'sync', params: { dataset: 'daily_bars', symbols: ['000001.SZ', '600000.SH'] } },
    ],
    [{ task_action: 'sync_daily_basic_data' }, { type: 'sync', params: { dataset: 'daily_basics' } }],
    [
      { task_action: 'example_task', duration_seconds: '30', success_rate: 2, message: 'hi', steps: 10.4 },
      { type: 'example', params: { durationSeconds: 30, successRate: 1, steps: 10, message: 'hi' } },
    ],
    [
      { task_action: 'example_task', duration_seconds: 'soon', steps: -1 },
      { type: 'example', params: { durationSeconds: 3, successRate: 1, steps: 1 } },
    ],
  ])('%j', (config, work) => {
    expect(documentedJob(config)).toMatchObject({ work });
  });

  it.each(['calculate_factor', 'batch_stock_filter', 'constructor', 'drop_table'])(
    '%s is refused',
    (action) => {
      expect(documentedJob({ task_action: action })).toMatchObject({ refused: action });
    },
  );
});

describe('a command line', () => {
  it.each([
    [`a  b\tc`, ['a', 'b', 'c']],
    [`a '' "b c"d`, ['a', '', 'b cd']],
    [String.raw`a\ b "c\"d" 'e\f'`, ['a b', 'c"d', String.raw`e\f`]],
    ['', []],
  ])('%j is cut into words', (text, words) => {
    expect(readCommandLine(text)).toEqual({ words });
  });
});
