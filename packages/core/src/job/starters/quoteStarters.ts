import { BY_HAND, from, inSession, onSession, syncStarter, type Starter } from './starter.ts';
import { scheduleOf } from '../../trigger/trigger.ts';

const HOUR_SECONDS = 3600;

/** The jobs of a collector of quotes, history, indices and notices, under the ids that it gives them. */
export const QUOTE_STARTERS: readonly Starter[] = [
  syncStarter(
    'akshare_realtime',
    { dataset: 'quotes', ...from('akshare') },
    {
      name: '实时行情采集（AKShare）',
      description: [
        'Quotes of the whole market every fifteen minutes of the session.',
        '交易时段内每 15 分钟采集一次全市场实时行情。',
      ],
      tags: ['quotes', 'akshare'],
      schedule: inSession('15m'),
      policies: { priority: 'live' },
    },
  ),
  syncStarter(
    'tushare_historical',
    { dataset: 'daily_bars', lastDays: 7, ...from('tushare') },
    {
      name: '历史行情采集（Tushare）',
      description: [
        'Daily bars of the last week from Tushare, when the day is final.',
        '当日数据确定后，从 Tushare 采集最近一周的日线。',
      ],
      tags: ['bars', 'tushare'],
      schedule: onSession('close(XSHG)+2h20m'),
    },
  ),
  syncStarter(
    'akshare_index_realtime',
    { dataset: 'index_bars', lastDays: 7, ...from('akshare') },
    {
      name: '指数行情采集（AKShare）',
      description: [
        'Daily bars of indices when the day is final. Quotes of indices within the session are not collected.',
        '当日数据确定后采集指数日线；不采集盘中的指数实时行情。',
      ],
      tags: ['indices', 'akshare'],
      schedule: onSession('close(XSHG)+2h30m'),
    },
  ),
  syncStarter(
    'akshare_stock_notices',
    { dataset: 'announcements', lastDays: 2, ...from('akshare') },
    {
      name: 'A股公告采集（AKShare）',
      description: ['Announcements of all stocks, every hour.', '每小时采集一次全部股票的公告。'],
      tags: ['announcements', 'akshare'],
      schedule: scheduleOf({ kind: 'interval', everySeconds: HOUR_SECONDS, anchor: 0 }),
    },
  ),
  syncStarter(
    'watchlist_history_daily',
    { dataset: 'daily_bars', from: '1994-01-01', set: 'watchlist', ...from('akshare') },
    {
      name: '自选股历史行情采集',
      description: [
        'The whole history of the symbols of the set "watchlist": make it before enabling the job ("tapekeeper sets create watchlist --symbols ..."). Prices are stored unadjusted and adjusted when read.',
        '采集代码集 “watchlist” 中股票的全部历史；启用前请先创建该代码集（“tapekeeper sets create watchlist --symbols ...”）。存储不复权价格，读取时再复权。',
      ],
      tags: ['bars', 'akshare'],
      schedule: onSession('close(XSHG)+2h40m'),
      policies: { priority: 'backfill' },
    },
  ),
  syncStarter(
    'tushare_realtime',
    { dataset: 'quotes', ...from('tushare') },
    {
      name: '实时行情采集（Tushare）',
      description: [
        'Quotes of the whole market from Tushare. By hand, since most accounts may ask once or twice an hour.',
        '从 Tushare 采集全市场实时行情；多数账户每小时只能调用一两次，故仅供手动触发。',
      ],
      tags: ['quotes', 'tushare'],
      schedule: BY_HAND,
      policies: { priority: 'live' },
    },
  ),
];
