import { plainDay } from '@tapekeeper/core';
import { within, type Story } from './story.ts';
import { clock, type Trouble } from './world.ts';

const rows = (last: number) =>
  Array.from({ length: 11 }, (_, no) => ({
    day: plainDay(`2024-01-${String(no + 1).padStart(2, '0')}`),
    rows: no === 10 ? last : 5400 + no,
  }));

/** What goes wrong with the data and with the machine. */
export const SYSTEM_STORIES: readonly Story[] = [
  {
    name: 'the disk fills up, work stops, and the bars are late',
    record: 'field-pains 54: a full disk',
    from: clock(16),
    until: clock(23),
    trouble: (minute): Trouble =>
      within(minute, clock(16, 30), clock(21))
        ? {
            freeMegabytes: Math.max(100, 1900 - (minute - clock(16, 30)) * 40),
            ...(minute >= clock(17, 30) && {
              stuck: [{ job: 'sync_daily_data', stillMinutes: minute - clock(17, 15) }],
              datasets: { daily_bars: { share: 0.3 } },
            }),
          }
        : {},
    causes: ['disk'],
  },
  {
    name: 'no worker is left: runs wait and the day is late',
    record: 'field-pains 27: all stays executing',
    from: clock(17),
    until: clock(22),
    trouble: (minute) =>
      within(minute, clock(17, 20), clock(20))
        ? {
            workers: {
              silentMs: (minute - clock(17, 20)) * 60_000,
              openRuns: 3,
              oldestOpenMs: (minute - clock(17, 20)) * 60_000,
            },
            stuck:
              minute > clock(17, 35)
                ? [{ job: 'sync_daily_data', stillMinutes: minute - clock(17, 20) }]
                : [],
            datasets: { daily_bars: { share: 0.3 } },
          }
        : {},
    causes: ['worker'],
  },
  {
    name: 'the database is restarted within a minute',
    record: 'reliability: a database that is back is asked again after a second',
    from: clock(9),
    until: clock(12),
    trouble: (minute) =>
      minute === clock(10) ? { workers: { silentMs: 40_000, openRuns: 2, oldestOpenMs: 30_000 } } : {},
    causes: [],
  },
  {
    name: 'a session holds a lock that all writers wait for',
    record: 'field-pains 49: a migration by hand',
    from: clock(17),
    until: clock(21),
    trouble: (minute) =>
      within(minute, clock(17, 30), clock(19, 30))
        ? {
            database: {
              blockedMs: (minute - clock(17, 30)) * 60_000,
              transactionMs: (minute - clock(17, 28)) * 60_000,
            },
            stuck:
              minute > clock(17, 45)
                ? [{ job: 'sync_daily_data', stillMinutes: minute - clock(17, 30) }]
                : [],
            datasets: { daily_bars: { share: 0.5 } },
          }
        : {},
    causes: ['database'],
  },
  {
    name: 'the network of the machine is out: one source after the other',
    record: 'field-pains 50: group by cause',
    from: clock(17),
    until: clock(22),
    trouble: (minute) => {
      if (!within(minute, clock(17, 20), clock(19, 30))) return {};
      const failed = { code: 'transport', source: 'tushare', since: clock(17, 30) };
      return {
        hosts: [
          { name: 'tushare', openings: 3 },
          ...(minute >= clock(17, 24) ? [{ name: 'eastmoney' as const, openings: 2 }] : []),
          ...(minute >= clock(17, 28) ? [{ name: 'baostock' as const, openings: 2 }] : []),
        ],
        ...(minute >= clock(17, 30) && { failing: { sync_daily_data: failed, sync_factor_data: failed } }),
        datasets: { daily_bars: { share: 0 } },
      };
    },
    causes: ['network'],
  },
  {
    name: 'a source answers with half the market and calls it whole',
    record: 'field-pains 31: a partial answer quietly shrinks the universe',
    from: clock(17),
    until: clock(24),
    trouble: (minute) =>
      within(minute, clock(17, 40), clock(22)) ? { datasets: { daily_bars: { rows: rows(2700) } } } : {},
    causes: ['dataset:daily_bars'],
  },
  {
    name: 'a day has some rows fewer, as on the eve of a holiday',
    record: 'field-pains 36: counts vary',
    from: clock(17),
    until: clock(22),
    trouble: () => ({ datasets: { daily_bars: { rows: rows(5230) } } }),
    causes: [],
  },
  {
    name: 'the factors are published in the night, and the day is complete late',
    record: 'field-pains 35, tushare#1720: promised in the morning, real at 17:00',
    from: clock(20),
    until: clock(24) + 12 * 60,
    trouble: (minute) => ({
      datasets: {
        adj_factors: { share: minute < clock(24) + 5 * 60 ? 0.4 : 1, hasOpenRun: minute < clock(23, 30) },
      },
    }),
    causes: ['dataset:adj_factors'],
  },
  {
    name: 'old holes are found by a recount',
    record: 'field-pains 37: a hole that is permanent',
    from: clock(9),
    until: clock(15),
    trouble: (minute) =>
      within(minute, clock(9, 30), clock(13))
        ? {
            datasets: {
              daily_basics: {
                cells: {
                  expected: 108_000,
                  gaps: 5400,
                  from: plainDay('2023-12-12'),
                  to: plainDay('2024-01-09'),
                },
              },
            },
          }
        : {},
    causes: ['dataset:daily_basics'],
  },
  {
    name: 'the calendar of the next year has not been announced',
    record: 'domain §4: an alert asks for it thirty days ahead',
    from: clock(9),
    until: clock(9) + 3 * 24 * 60,
    trouble: (minute) => (minute < clock(9) + 2 * 24 * 60 ? { daysLeft: 29 } : {}),
    causes: ['calendar'],
  },
];
