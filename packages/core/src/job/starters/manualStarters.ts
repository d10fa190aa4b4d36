import type { DatasetId } from '../../dataset/dataset.ts';
import { BY_HAND, onSession, starter, syncStarter, workflowStarter, type Starter } from './starter.ts';

/** First day of the ranges; a run by hand may name another (`--param from=2020-01-01`). */
const RANGE_FROM = '2024-01-01';

/** Financial statements, the workflow with them, and the same work over a range of days by hand. */
export const MANUAL_STARTERS: readonly Starter[] = [
  syncStarter(
    'sync_financial_data',
    { dataset: 'financials' },
    {
      name: '同步财务数据',
      description: [
        'Financial statements that are due by now and missing: income, balance, cash flow and indicators together.',
        '同步已到披露期限而缺少的财务报表，包括利润表、资产负债表、现金流量表与财务指标。',
      ],
      tags: ['financials'],
      schedule: onSession('close(XSHG)+5h'),
      policies: { priority: 'backfill' },
    },
  ),
  workflowStarter(
    'core_daily_full',
    {
      mode: 'serial',
      onFailure: 'stop',
      nodes: [
        { node: 'calendar', job: 'sync_trading_calendar' },
        { node: 'list', job: 'sync_stock_list', dependsOn: ['calendar'] },
        { node: 'bars', job: 'sync_daily_data', dependsOn: ['list'] },
        { node: 'basics', job: 'sync_daily_basic_data', dependsOn: ['bars'] },
        { node: 'factors', job: 'sync_factor_data', dependsOn: ['basics'] },
        { node: 'financials', job: 'sync_financial_data', dependsOn: ['factors'] },
        { node: 'statistics', job: 'sync_table_statistics', dependsOn: ['financials'] },
      ],
    },
    {
      name: '编排任务-核心步骤串行执行（含财务数据）',
      description: [
        'The steps of core_daily and the financial statements, each after the one before it, ending with the first failure. By hand.',
        'core_daily 的各步骤加财务报表，逐步执行，遇到失败即停止。仅供手动触发。',
      ],
      tags: ['workflow'],
      schedule: BY_HAND,
    },
  ),
  range('sync_trading_calendar_range', 'trade_calendar', '同步交易日历（时间段）'),
  range('sync_daily_data_range', 'daily_bars', '同步日线数据（时间段）'),
  range('sync_daily_basic_data_range', 'daily_basics', '同步每日指标数据（时间段）'),
  range('sync_factor_data_range', 'adj_factors', '同步因子数据（时间段）'),
  range('sync_financial_data_range', 'financials', '同步财务数据（时间段）'),
  syncStarter(
    'sync_stock_list_manual',
    { dataset: 'stock_basics', force: true },
    {
      name: '同步股票列表（手动）',
      description: [
        'The list of stocks once more, however fresh it is. By hand.',
        '无论列表是否新近，都重新同步一次。仅供手动触发。',
      ],
      tags: ['manual', 'lists'],
    },
  ),
  starter(
    'sync_table_statistics_manual',
    { type: 'statistics', params: {} },
    {
      name: '数据表统计（手动）',
      description: [
        'Rows, days and completeness of every data set. By hand.',
        '统计各数据集的行数、日期与完整率。仅供手动触发。',
      ],
      tags: ['manual', 'upkeep'],
    },
  ),
];

function range(key: string, dataset: DatasetId, name: string): Starter {
  return syncStarter(
    key,
    { dataset, from: RANGE_FROM },
    {
      name,
      description: [
        `What is missing since ${RANGE_FROM}. By hand; other days with "tapekeeper jobs trigger ${key} --param from=2020-01-01 --param to=2020-12-31".`,
        `同步 ${RANGE_FROM} 以来缺少的数据。仅供手动触发；其他日期可用 “tapekeeper jobs trigger ${key} --param from=2020-01-01 --param to=2020-12-31”。`,
      ],
      tags: ['manual'],
      policies: { priority: 'backfill' },
    },
  );
}
