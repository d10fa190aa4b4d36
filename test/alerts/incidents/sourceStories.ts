import { within, type Story } from './story.ts';
import { clock } from './world.ts';

const EASTMONEY = 'host:push2his.eastmoney.com';
const TUSHARE = 'host:api.tushare.pro';
const BAOSTOCK = 'host:public-api.baostock.com';

/** What goes wrong with sources: bans, outages, quotas, rights. */
export const SOURCE_STORIES: readonly Story[] = [
  {
    name: 'Eastmoney bans the address while quotes are collected',
    record: 'ratelimits §2, akshare#6585: connections are closed after a dozen calls',
    from: clock(9),
    until: clock(16),
    trouble: (minute) =>
      within(minute, clock(10), clock(14))
        ? {
            hosts: [{ name: 'eastmoney', openings: 1, isBan: true, reason: 'closed connections' }],
            failing: {
              quotes: {
                code: 'breaker_open',
                host: 'push2his.eastmoney.com',
                since: clock(10),
                inARow: 1 + Math.floor((minute - clock(10)) / 5),
              },
            },
          }
        : {},
    causes: [EASTMONEY],
  },
  {
    name: 'the ban goes on for twenty hours, with probes in between',
    record: 'ratelimits §2, a-stock-data#36: refused for more than 20 h',
    from: clock(9),
    until: clock(9) + 24 * 60,
    trouble: (minute) =>
      within(minute, clock(10), clock(10) + 20 * 60)
        ? {
            hosts: [{ name: 'eastmoney', openings: 1 + Math.floor((minute - clock(10)) / 240), isBan: true }],
          }
        : {},
    causes: [EASTMONEY],
  },
  {
    name: 'Tushare is unreachable in the evening: every sync and the workflow fail, and the bars are late',
    record: 'field-pains 50: one source down is one alert',
    from: clock(17),
    until: clock(23, 30),
    trouble: (minute) => {
      if (!within(minute, clock(17, 20), clock(20))) return {};
      const failed = { code: 'transport', source: 'tushare', host: 'api.tushare.pro', since: clock(17, 25) };
      return {
        hosts: [{ name: 'tushare', openings: 3 }],
        ...(minute >= clock(17, 25) && {
          failing: {
            sync_daily_data: failed,
            sync_daily_basic_data: failed,
            sync_factor_data: failed,
            core_daily: { code: 'workflow_failed', since: clock(17, 26) },
          },
        }),
        datasets: { daily_bars: { share: 0.1 }, daily_basics: { share: 0.1 } },
      };
    },
    causes: [TUSHARE],
  },
  {
    name: 'jobs fail before the breaker of Tushare has told of it',
    record: 'field-pains 28: a pattern of closed connections opens the breaker for the host',
    from: clock(17),
    until: clock(22),
    trouble: (minute) => ({
      ...(within(minute, clock(17, 30), clock(20)) && {
        failing: {
          sync_daily_data: { code: 'transport', source: 'tushare', inARow: 3, since: clock(17, 25) },
        },
      }),
      ...(within(minute, clock(17, 45), clock(19, 50)) && { hosts: [{ name: 'tushare' as const }] }),
    }),
    causes: [TUSHARE],
  },
  {
    name: 'the day of Tushare is used up by a backfill',
    record: 'ratelimits §1: 8000 calls a day at 120 points',
    from: clock(12),
    until: clock(24) + 60,
    trouble: (minute) =>
      within(minute, clock(14), clock(24))
        ? {
            budgets: [
              {
                name: 'tushare',
                api: 'daily',
                capacity: 8000,
                left: Math.max(0, 700 - (minute - clock(14)) * 20),
              },
            ],
            failing:
              minute >= clock(17, 20)
                ? { sync_daily_data: { code: 'quota_exhausted', source: 'tushare', since: clock(17, 20) } }
                : {},
            datasets: { daily_bars: { share: 0.4 } },
          }
        : {},
    causes: ['budget:api.tushare.pro'],
  },
  {
    name: 'an interface that allows two calls a day has had them',
    record: 'field-pains 29, tushare#1846: twice a day',
    from: clock(9),
    until: clock(16),
    trouble: (minute) =>
      minute >= clock(10) ? { budgets: [{ name: 'tushare', api: 'stock_basic', capacity: 2, left: 0 }] } : {},
    causes: [],
  },
  {
    name: 'quotes are collected as fast as an hour of calls allows',
    record: 'ratelimits §4: 600 calls an hour, of which a pause fills up 24 at most',
    from: clock(9),
    until: clock(16),
    trouble: (minute) => ({
      budgets: [
        { name: 'eastmoney', api: '*', capacity: 600, left: minute % 3 === 0 ? 0 : 24, slides: true },
      ],
    }),
    causes: [],
  },
  {
    name: 'Tushare takes away the right to daily_basic, which nobody else has',
    record: 'field-pains 30, tushare#1205: code -2002',
    from: clock(17),
    until: clock(24),
    trouble: (minute) =>
      within(minute, clock(17, 20), clock(22))
        ? {
            rights: [
              {
                source: 'tushare',
                api: 'daily_basic',
                datasets: ['daily_basics'],
                unserved: ['daily_basics'],
              },
            ],
            failing: {
              sync_daily_basic_data: { code: 'permission_denied', source: 'tushare', since: clock(17, 20) },
              core_daily: { code: 'workflow_failed', since: clock(17, 21) },
            },
            datasets: { daily_basics: { share: 0 } },
          }
        : {},
    causes: ['right:tushare'],
  },
  {
    name: 'a right is missing that another source makes up for',
    record: 'field-pains 31: fall back for what is missing',
    from: clock(17),
    until: clock(22),
    trouble: () => ({
      rights: [{ source: 'tushare', api: 'adj_factor', datasets: ['adj_factors'], unserved: [] }],
    }),
    causes: [],
  },
  {
    name: 'the token of Tushare is refused altogether, and Tushare is the only source',
    record: 'field-pains 30: permission is not an outage',
    from: clock(17),
    until: clock(23),
    trouble: (minute) => {
      if (!within(minute, clock(17, 20), clock(21))) return { sourcesInUse: ['tushare'] };
      const refused = { code: 'bad_token', source: 'tushare', since: clock(17, 20) };
      return {
        sourcesInUse: ['tushare'],
        rights: ['daily', 'daily_basic', 'adj_factor'].map((api, no) => {
          const dataset = ['daily_bars', 'daily_basics', 'adj_factors'][no] as string;
          return { source: 'tushare', api, datasets: [dataset], unserved: [dataset] };
        }),
        failing: { sync_daily_data: refused, sync_daily_basic_data: refused, sync_factor_data: refused },
        datasets: { daily_bars: { share: 0 }, daily_basics: { share: 0 } },
      };
    },
    causes: ['right:tushare'],
  },
  {
    name: 'BaoStock is down at six in the evening, where it is the only source',
    record: 'ratelimits §2, Sequoia-X#91: time-outs on long connections',
    from: clock(17),
    until: clock(23),
    trouble: (minute) =>
      within(minute, clock(18), clock(21))
        ? {
            sourcesInUse: ['baostock'],
            hosts: [{ name: 'baostock', openings: 1 + Math.floor((minute - clock(18)) / 20) }],
            stuck:
              minute >= clock(18, 15)
                ? [{ job: 'sync_daily_data', stillMinutes: minute - clock(18), hosts: ['baostock'] }]
                : [],
            datasets: { daily_bars: { share: 0.6, hosts: ['public-api.baostock.com'] } },
          }
        : { sourcesInUse: ['baostock'] },
    causes: [BAOSTOCK],
  },
  {
    name: 'BaoStock puts the address on its black list',
    record: 'ratelimits §2, Sequoia-X#109: unblocked after a day',
    from: clock(17),
    until: clock(17) + 27 * 60,
    trouble: (minute) =>
      within(minute, clock(18), clock(18) + 24 * 60)
        ? { hosts: [{ name: 'baostock', openings: 1, isBan: true, reason: '黑名单用户' }] }
        : {},
    causes: [BAOSTOCK],
  },
  {
    name: 'a source fails now and then, and each time the first probe finds it back',
    record: 'field-pains 59: a retry heals it',
    from: clock(9),
    until: clock(20),
    trouble: (minute) => (minute % 40 < 2 ? { hosts: [{ name: 'sina', openings: 1 }] } : {}),
    causes: [],
  },
  {
    name: 'the fallback is banned while the first source serves all',
    record: 'ratelimits §2: push2 refused, datacenter went on',
    from: clock(17),
    until: clock(22),
    trouble: (minute) =>
      within(minute, clock(17, 30), clock(20))
        ? { hosts: [{ name: 'eastmoney', openings: 1, isBan: true }] }
        : {},
    causes: [EASTMONEY],
  },
  {
    name: 'a job fails for its own reason while a source is down beside it',
    record: 'field-pains 30: each error has its own reaction',
    from: clock(9),
    until: clock(20),
    trouble: (minute) => ({
      ...(within(minute, clock(10), clock(15)) && { hosts: [{ name: 'eastmoney' as const, isBan: true }] }),
      ...(within(minute, clock(11), clock(16)) && {
        failing: { backup: { code: 'command_failed', since: clock(11) } },
      }),
    }),
    causes: [EASTMONEY, 'job:backup'],
  },
];
