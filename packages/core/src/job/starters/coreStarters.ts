import {
  BY_HAND,
  onClock,
  onSession,
  starter,
  syncStarter,
  workflowStarter,
  type Starter,
} from './starter.ts';

/**
 * What keeps the data complete: lists in the morning, a workflow when the day is final, repairs and
 * comparisons in the evening, cleaning at night. The first two are jobs 1 and 2 of a new installation.
 */
export const CORE_STARTERS: readonly Starter[] = [
  syncStarter(
    'sync_stock_list',
    { dataset: 'stock_basics' },
    {
      name: '同步股票列表',
      description: [
        'The list of stocks of all exchanges, each trading day before the open.',
        '每个交易日开盘前同步各交易所的股票列表。',
      ],
      tags: ['core', 'lists'],
      schedule: onSession('open(XSHG)-25m'),
    },
    true,
  ),
  syncStarter(
    'sync_trading_calendar',
    { dataset: 'trade_calendar' },
    {
      name: '同步交易日历',
      description: [
        'The trading calendar as far as it is announced, once a week.',
        '每周同步一次交易日历，直至已公布的最后一日。',
      ],
      tags: ['core', 'lists'],
      schedule: onSession('open(XSHG)-30m on first trading day of week'),
    },
    true,
  ),
  syncStarter(
    'sync_daily_data',
    { dataset: 'daily_bars' },
    {
      name: '同步日线数据',
      description: [
        'Daily bars of all stocks, up to the last final day. A node of core_daily.',
        '同步全部股票的日线行情至最近的确定日，是 core_daily 的节点。',
      ],
      tags: ['core', 'bars'],
      schedule: BY_HAND,
    },
    true,
  ),
  syncStarter(
    'sync_daily_basic_data',
    { dataset: 'daily_basics' },
    {
      name: '同步每日指标数据',
      description: [
        'Valuation, turnover and share counts of each day. A node of core_daily.',
        '同步每日估值、换手率与股本，是 core_daily 的节点。',
      ],
      tags: ['core', 'basics'],
      schedule: BY_HAND,
    },
    true,
  ),
  syncStarter(
    'sync_factor_data',
    { dataset: 'adj_factors' },
    {
      name: '同步因子数据',
      description: [
        'Adjustment factors, from which adjusted prices are computed when read; technical indicators are not collected. A node of core_daily.',
        '同步复权因子，复权价格在读取时由其计算；不采集技术指标。是 core_daily 的节点。',
      ],
      tags: ['core', 'factors'],
      schedule: BY_HAND,
    },
    true,
  ),
  starter(
    'sync_table_statistics',
    { type: 'statistics', params: {} },
    {
      name: '数据表统计',
      description: [
        'Rows, days and completeness of every data set. A node of core_daily.',
        '统计各数据集的行数、日期与完整率，是 core_daily 的节点。',
      ],
      tags: ['core', 'upkeep'],
      schedule: BY_HAND,
    },
    true,
  ),
  workflowStarter(
    'core_daily',
    {
      mode: 'serial',
      onFailure: 'continue',
      nodes: [
        { node: 'calendar', job: 'sync_trading_calendar' },
        { node: 'list', job: 'sync_stock_list', dependsOn: ['calendar'], condition: 'done' },
        { node: 'bars', job: 'sync_daily_data', dependsOn: ['list'] },
        { node: 'basics', job: 'sync_daily_basic_data', dependsOn: ['list'] },
        { node: 'factors', job: 'sync_factor_data', dependsOn: ['list'] },
        {
          node: 'statistics',
          job: 'sync_table_statistics',
          dependsOn: ['bars', 'basics', 'factors'],
          condition: 'done',
        },
      ],
    },
    {
      name: '编排任务-核心步骤串行执行',
      description: [
        'Calendar, list, bars, basics, factors and statistics one after the other, when the day is final. What fails leaves the others to go on, and the workflow is then no plain success.',
        '当日数据确定后，依次执行日历、列表、日线、每日指标、因子与统计。某一步失败不影响其他步骤，但编排任务不会记为完全成功。',
      ],
      tags: ['core', 'workflow'],
      schedule: onSession('close(XSHG)+2h15m'),
    },
    true,
  ),
  repair('repair_daily', 'daily_bars', '日线补缺', 'daily bars', 'close(XSHG)+6h'),
  repair('repair_daily_basic', 'daily_basics', '每日指标补缺', 'daily basics', 'close(XSHG)+6h30m'),
  repair('repair_factor', 'adj_factors', '因子补缺', 'adjustment factors', 'close(XSHG)+7h'),
  starter(
    'reconcile_daily',
    { type: 'reconcile', params: { dataset: 'daily_bars' } },
    {
      name: '日线对账',
      description: [
        'A sample of the last final day, compared with what the other sources say of it.',
        '抽样比较最近确定日的日线与其他数据源是否一致。',
      ],
      tags: ['core', 'quality'],
      schedule: onSession('close(XSHG)+7h30m'),
    },
    true,
  ),
  starter(
    'source_check',
    { type: 'source_check', params: {} },
    {
      name: '数据源检查',
      description: [
        'One small call to each source before the open.',
        '每个交易日开盘前对每个数据源做一次小调用。',
      ],
      tags: ['core', 'sources'],
      schedule: onSession('open(XSHG)-20m'),
      policies: { group: 'source_check' },
    },
    true,
  ),
  starter(
    'retention',
    { type: 'retention', params: {} },
    {
      name: '清理过期记录',
      description: [
        'Removes records of runs, logs and events that are older than they are kept. Market data stay.',
        '清理超过保留期的运行、日志与事件记录，行情数据不受影响。',
      ],
      tags: ['core', 'upkeep'],
      schedule: onClock('30 3 * * *'),
    },
    true,
  ),
];

function repair(
  key: string,
  dataset: 'daily_bars' | 'daily_basics' | 'adj_factors',
  name: string,
  what: string,
  rule: string,
): Starter {
  return starter(
    key,
    { type: 'repair', params: { dataset } },
    {
      name,
      description: [
        `Fills the gaps of ${what} between the first covered day and the last final one.`,
        '补齐首个已覆盖日至最近确定日之间的缺口。',
      ],
      tags: ['core', 'repair'],
      schedule: onSession(rule),
      policies: { group: dataset, priority: 'backfill' },
    },
    true,
  );
}
