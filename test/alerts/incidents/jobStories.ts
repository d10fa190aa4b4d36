import { within, type Story } from './story.ts';
import { clock } from './world.ts';

/** What goes wrong with jobs, their runs and what decides about them. */
export const JOB_STORIES: readonly Story[] = [
  {
    name: 'the backup command fails in the night and again the next night',
    record: 'field-pains 50: each failure mails',
    from: clock(2),
    until: clock(12) + 24 * 60,
    trouble: (minute) =>
      within(minute, clock(3), clock(9) + 24 * 60)
        ? {
            failing: {
              backup: { code: 'command_failed', since: clock(3), inARow: minute < clock(27) ? 1 : 2 },
            },
          }
        : {},
    causes: ['job:backup'],
  },
  {
    name: 'a run fails and the person who saw it tries it again within the hour',
    record: 'field-pains 59: alert on the final outcome',
    from: clock(17),
    until: clock(20),
    trouble: (minute) =>
      within(minute, clock(17, 30), clock(18, 10))
        ? { failing: { sync_daily_data: { code: 'malformed', source: 'tushare', since: clock(17, 30) } } }
        : {},
    causes: [],
  },
  {
    name: 'one symbol fails in every run, and its days run up',
    record: 'field-pains 39: one unsupported symbol',
    from: clock(17),
    until: clock(22),
    trouble: (minute) => ({
      datasets: { daily_bars: minute < clock(20) ? { behind: [{ symbol: '600000.SH', gaps: 4 }] } : {} },
    }),
    causes: ['dataset:daily_bars'],
  },
  {
    name: 'one symbol fails on one day',
    record: 'field-pains 39: item failures are isolated',
    from: clock(17),
    until: clock(22),
    trouble: () => ({ datasets: { daily_bars: { behind: [{ symbol: '600000.SH', gaps: 1 }] } } }),
    causes: [],
  },
  {
    name: 'half the jobs fail alike after an upgrade of a program that they call',
    record: 'field-pains 50: group by cause',
    from: clock(9),
    until: clock(14),
    trouble: (minute) => {
      if (!within(minute, clock(10), clock(12))) return {};
      const failed = { code: 'malformed', source: 'akshare', since: clock(9, 50), inARow: 3 };
      return {
        failing: { sync_stock_list: failed, quotes: failed, sync_daily_data: failed, repair_daily: failed },
      };
    },
    causes: ['failures:malformed:akshare'],
  },
  {
    name: 'a node of the workflow fails, and so does the workflow',
    record: 'domain §6: never green over red',
    from: clock(17),
    until: clock(24) + 18 * 60,
    trouble: (minute) =>
      within(minute, clock(17, 30), clock(17, 30) + 24 * 60)
        ? {
            failing: {
              sync_factor_data: { code: 'upstream_refused', source: 'tushare', since: clock(17, 30) },
              core_daily: { code: 'workflow_failed', since: clock(17, 31) },
            },
            datasets: { adj_factors: { share: 0.2 } },
          }
        : {},
    causes: ['job:sync_factor_data'],
  },
  {
    name: 'a quotes job fails every other minute of the session',
    record: 'ratelimits §2: 58 % of calls answered 502',
    from: clock(9),
    until: clock(16) + 24 * 60,
    trouble: (minute) =>
      within(minute, clock(10), clock(10) + 24 * 60)
        ? { lately: { quotes: { ended: 200, failed: 116, code: 'upstream_refused', source: 'akshare' } } }
        : {},
    causes: ['job:quotes'],
  },
  {
    name: 'a run hangs on a lock of its own',
    record: 'field-pains 15-20: running that is not true',
    from: clock(17),
    until: clock(22),
    trouble: (minute) =>
      within(minute, clock(18), clock(20))
        ? { stuck: [{ job: 'sync_daily_data', stillMinutes: minute - clock(17, 50), p95Minutes: 3 }] }
        : {},
    causes: ['job:sync_daily_data'],
  },
  {
    name: 'a long backfill is slow, but no slower than it always was',
    record: 'domain §2: a run that beats is never called dead, however long it takes',
    from: clock(9),
    until: clock(16),
    trouble: (minute) => ({
      stuck: [{ job: 'repair_daily', stillMinutes: Math.min(80, minute - clock(9)), p95Minutes: 30 }],
    }),
    causes: [],
  },
  {
    name: 'a backfill stands still behind the budget of the day',
    record: 'field-pains 42: own budget share',
    from: clock(12),
    until: clock(24) + 90,
    trouble: (minute) =>
      within(minute, clock(15), clock(24))
        ? {
            budgets: [{ name: 'tushare', api: 'daily', capacity: 8000, left: 0 }],
            stuck: [{ job: 'repair_daily', stillMinutes: minute - clock(15), hosts: ['tushare'] }],
          }
        : {},
    causes: ['budget:api.tushare.pro'],
  },
  {
    name: 'the loop of the scheduler hangs: due jobs stay due',
    record: 'field-pains 55: the scheduler stops ticking with no error',
    from: clock(8),
    until: clock(12),
    trouble: (minute) =>
      within(minute, clock(9), clock(10, 30))
        ? {
            schedulerSilentMs: (minute - clock(9)) * 60_000,
            due: { sync_stock_list: clock(9, 5), quotes: clock(9, 30) },
          }
        : {},
    causes: ['scheduler'],
  },
  {
    name: 'the server was off over the close, and a job does not catch up',
    record: 'field-pains 52: nobody told when nothing ran; 43: no storm afterwards',
    from: clock(20),
    until: clock(24) + 20 * 60,
    trouble: (minute) => ({
      ...(minute < clock(20, 12) && { absence: { from: clock(16), to: clock(20) } }),
      ...(minute < clock(24) + 18 * 60 && { missed: ['core_daily', 'backup'] }),
      datasets: { daily_bars: { share: minute < clock(24) + 18 * 60 ? 0 : 1 } },
    }),
    causes: ['scheduler'],
  },
  {
    name: 'the server was off over night and nothing was due',
    record: 'field-pains 50: stale mails after a restart',
    from: clock(8),
    until: clock(12),
    trouble: (minute) => (minute < clock(8, 12) ? { absence: { from: 0, to: clock(8) } } : {}),
    causes: [],
  },
];
