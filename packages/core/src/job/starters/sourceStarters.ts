import type { SourceId } from '../../source/source.ts';
import { scheduleOf } from '../../trigger/trigger.ts';
import {
  from,
  inSession,
  onClock,
  onSession,
  starter,
  syncStarter,
  type About,
  type Starter,
} from './starter.ts';

type Description = About['description'];

const LABELS = { tushare: 'Tushare', akshare: 'AKShare', baostock: 'BaoStock' } as const;

/** The jobs of a service with several sources, one a source and data set, under the ids that it gives them. */
export const SOURCE_STARTERS: readonly Starter[] = [
  syncStarter(
    'basics_sync_service',
    { dataset: 'stock_basics' },
    {
      name: '股票基础信息同步（多数据源）',
      description: [
        'The list of stocks from all sources in their order, each trading day at 06:30.',
        '每个交易日 06:30 按优先级从各数据源同步股票基础信息。',
      ],
      tags: ['lists'],
      schedule: onSession('open(XSHG)-3h'),
    },
  ),
  syncStarter(
    'quotes_ingestion_service',
    { dataset: 'quotes' },
    {
      name: '实时行情入库服务',
      description: [
        'Quotes of the whole market every six minutes of the session; a source that fails is followed by the next one at once.',
        '交易时段内每 6 分钟采集一次全市场实时行情；数据源失败时立即换用下一个。',
      ],
      tags: ['quotes'],
      schedule: inSession('6m'),
      policies: { priority: 'live' },
    },
  ),
  basics('tushare', '0 2 * * *'),
  quotes('tushare', '5m', 'Quotes of the whole market every five minutes of the session.', '5'),
  history('tushare', 'close(XSHG)+2h25m'),
  financials('tushare', '0 3 * * 0', '03:00'),
  statusCheck('tushare', '0 * * * *'),
  basics('akshare', '0 3 * * *'),
  quotes('akshare', '30m', 'Quotes of the whole market every thirty minutes of the session.', '30'),
  history('akshare', 'close(XSHG)+2h50m'),
  financials('akshare', '0 4 * * 0', '04:00'),
  statusCheck('akshare', '30 * * * *'),
  basics('baostock', '0 4 * * *'),
  syncStarter(
    'baostock_daily_quotes_sync',
    { dataset: 'daily_bars', lastDays: 7, ...from('baostock') },
    {
      name: '日K线数据同步（BaoStock）',
      description: [
        'Daily bars of the last week. BaoStock publishes them in the evening, so it runs later than the other sources.',
        '同步最近一周的日线；BaoStock 于傍晚发布，故晚于其他数据源执行。',
      ],
      tags: ['bars', 'baostock'],
      schedule: onSession('close(XSHG)+3h20m'),
    },
  ),
  history('baostock', 'close(XSHG)+3h50m'),
  statusCheck('baostock', '45 * * * *'),
  syncStarter(
    'news_sync',
    { dataset: 'news', lastDays: 2, set: 'watchlist', ...from('akshare') },
    {
      name: '新闻数据同步（AKShare - 仅自选股）',
      description: [
        'News of the symbols of the set "watchlist" every two hours; make the set before enabling the job.',
        '每两小时同步代码集 “watchlist” 中股票的新闻；启用前请先创建该代码集。',
      ],
      tags: ['news', 'akshare'],
      schedule: onClock('0 */2 * * *'),
    },
  ),
  starter(
    'check_zombie_tasks',
    {
      type: 'example',
      params: {
        durationSeconds: 0,
        successRate: 1,
        steps: 1,
        message: 'Rescue is built in: runs of silent workers go on by themselves.',
      },
    },
    {
      name: '检测僵尸任务',
      description: [
        'Does nothing, and is here for those who look for it: every worker looks for silent ones each two seconds, and their runs go on elsewhere. "tapekeeper explain RUN" tells how a run is.',
        '不做任何事，仅为兼容而保留：每个工作者每两秒都会检查失联的工作者，其运行会由其他工作者继续。可用 “tapekeeper explain 运行号” 查看某个运行的情况。',
      ],
      tags: ['upkeep'],
      schedule: scheduleOf({ kind: 'interval', everySeconds: 300, anchor: 0 }),
    },
  ),
];

function basics(source: SourceId, cron: string): Starter {
  return ofSource(`${source}_basic_info_sync`, source, 'stock_basics', {
    name: `股票基础信息同步（${LABELS[source]}）`,
    description: [
      `The list of stocks from ${LABELS[source]} alone, every night.`,
      `每晚仅从 ${LABELS[source]} 同步股票基础信息。`,
    ],
    tags: ['lists', source],
    schedule: onClock(cron),
  });
}

function quotes(source: SourceId, every: string, en: string, minutes: string): Starter {
  return ofSource(`${source}_quotes_sync`, source, 'quotes', {
    name: `实时行情同步（${LABELS[source]}）`,
    description: [en, `交易时段内每 ${minutes} 分钟同步一次全市场实时行情。`],
    tags: ['quotes', source],
    schedule: inSession(every),
    policies: { priority: 'live' },
  });
}

function history(source: SourceId, rule: string): Starter {
  return ofSource(`${source}_historical_sync`, source, 'daily_bars', {
    name: `历史数据同步（${LABELS[source]}）`,
    description: [
      `Every missing daily bar from ${LABELS[source]} alone, on trading days when the day is final.`,
      `每个交易日数据确定后，仅从 ${LABELS[source]} 同步缺少的全部日线。`,
    ],
    tags: ['bars', source],
    schedule: onSession(rule),
  });
}

function financials(source: SourceId, cron: string, time: string): Starter {
  const description: Description = [
    `Financial statements that are due by now and missing, on Sundays at ${time}.`,
    `每周日 ${time} 同步已到披露期限而缺少的财务报表。`,
  ];
  return ofSource(`${source}_financial_sync`, source, 'financials', {
    name: `财务数据同步（${LABELS[source]}）`,
    description,
    tags: ['financials', source],
    schedule: onClock(cron),
    policies: { priority: 'backfill' },
  });
}

function statusCheck(source: SourceId, cron: string): Starter {
  return starter(
    `${source}_status_check`,
    { type: 'source_check', params: { source } },
    {
      name: `数据源状态检查（${LABELS[source]}）`,
      description: [
        `One small call to ${LABELS[source]}, every hour.`,
        `每小时对 ${LABELS[source]} 做一次小调用。`,
      ],
      tags: ['sources', source],
      schedule: onClock(cron),
      policies: { group: 'source_check' },
    },
  );
}

function ofSource(
  key: string,
  source: SourceId,
  dataset: 'stock_basics' | 'quotes' | 'daily_bars' | 'financials',
  about: About,
): Starter {
  return syncStarter(key, { dataset, ...from(source) }, about);
}
