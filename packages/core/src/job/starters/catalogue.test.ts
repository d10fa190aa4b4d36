import { describe, expect, it, test } from 'vitest';
import { builtinCalendar } from '../../calendar/builtin.ts';
import { isDatasetId } from '../../dataset/catalogue.ts';
import { DATASETS } from '../../dataset/catalogue.ts';
import { occurrencesOf } from '../../trigger/occurrences.ts';
import { checkWorkflow, type WorkflowJob } from '../../workflow/checkWorkflow.ts';
import { isJobKey } from '../key.ts';
import { loopThrough, linksOf, type JobLink } from '../loops.ts';
import { NOT_OFFERED, STARTERS } from './catalogue.ts';

const IDS = new Map(STARTERS.map((starter, at) => [starter.key, at + 1]));
const DEFINITIONS = new Map(
  STARTERS.map((starter, at) => {
    // only what comes before may be named
    const idOf = (key: string): number => {
      const id = IDS.get(key) ?? Infinity;
      if (id > at) throw new Error(`${starter.key} names ${key}, which does not come before it`);
      return id;
    };
    return [starter.key, starter.define(idOf)] as const;
  }),
);

const DOCUMENTED = `
  akshare_realtime tushare_historical akshare_index_realtime akshare_stock_notices
  watchlist_history_daily tushare_realtime basics_sync_service quotes_ingestion_service
  tushare_basic_info_sync tushare_quotes_sync tushare_historical_sync tushare_financial_sync
  tushare_status_check akshare_basic_info_sync akshare_quotes_sync akshare_historical_sync
  akshare_financial_sync akshare_status_check baostock_basic_info_sync baostock_daily_quotes_sync
  baostock_historical_sync baostock_status_check news_sync check_zombie_tasks`
  .trim()
  .split(/\s+/);

describe('the starters', () => {
  it('begin with the stock list and the calendar, which are jobs 1 and 2', () => {
    expect(STARTERS.slice(0, 2).map((starter) => starter.key)).toEqual([
      'sync_stock_list',
      'sync_trading_calendar',
    ]);
  });

  it('have a key each, and hold every id that the documents name', () => {
    const keys = STARTERS.map((starter) => starter.key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.filter((key) => !isJobKey(key))).toEqual([]);
    expect(DOCUMENTED.filter((key) => !keys.includes(key))).toEqual([]);
    expect(NOT_OFFERED.filter(({ name }) => keys.includes(name))).toEqual([]);
  });

  test.each([...DEFINITIONS])('%s says in both languages what it is for', (_, { name, description }) => {
    expect(name).not.toBe('');
    const [en = '', zh = ''] = description.split('\n');
    expect(en).toMatch(/^[A-Z].*\.$/);
    expect(zh).toMatch(/[\u4e00-\u9fff].*。$/);
  });

  it('collect only what is a data set of its own', () => {
    for (const { type, params } of DEFINITIONS.values()) {
      if (type !== 'sync' && type !== 'repair' && type !== 'reconcile') continue;
      expect(isDatasetId(params.dataset)).toBe(true);
      if (isDatasetId(params.dataset)) expect(DATASETS[params.dataset].derivedFrom).toBeUndefined();
    }
  });

  it('are sound graphs and lead back to none of themselves, were they all enabled', () => {
    const jobs = new Map<number, WorkflowJob>();
    const links: JobLink[] = [];
    for (const [key, definition] of DEFINITIONS) {
      const { type, params, policies } = definition;
      const id = IDS.get(key) ?? 0;
      jobs.set(id, { key, state: 'enabled', type, params, group: policies.group });
      links.push({ id, key, ...linksOf(definition) });
    }
    for (const [key, { type, params, policies }] of DEFINITIONS) {
      if (type !== 'workflow') continue;
      expect(checkWorkflow(params, { selfId: IDS.get(key), group: policies.group, jobs })).toEqual([]);
    }
    for (const { id } of links) expect(loopThrough(id, links)).toBeUndefined();
  });

  it('that go by the session of the exchanges never fall on a closed day', () => {
    const calendar = builtinCalendar();
    const readCron = (): never => {
      throw new Error('no cron is read here');
    };
    const from = Date.parse('2026-01-01T00:00:00+08:00');
    for (const [key, { schedule }] of DEFINITIONS) {
      if (schedule.trigger.kind !== 'session') continue;
      const moments = occurrencesOf(schedule, { calendar, readCron, key });
      for (let at = from, count = 0; count < 100; count++) {
        const next = moments.next(at);
        if (next === undefined) break;
        at = next.scheduledFor;
        const day = new Date(at + 8 * 3_600_000).toISOString().slice(0, 10);
        expect([key, day, calendar.isOpen(day as never)]).toEqual([key, day, true]);
      }
    }
  });

  it('wait until the bars of the day are final before they are asked for', () => {
    const { finalFromMinutes } = DATASETS.daily_bars.finality;
    const calendar = builtinCalendar();
    for (const [key, { type, params, schedule }] of DEFINITIONS) {
      if ((type !== 'sync' && type !== 'repair') || params.dataset !== 'daily_bars') continue;
      if (schedule.trigger.kind !== 'session') continue;
      const context = { calendar, readCron: () => ({ next: () => undefined }), key };
      const at = occurrencesOf(schedule, context).next(Date.parse('2026-03-02T00:00:00+08:00'));
      const minutes = (((at?.scheduledFor ?? 0) + 8 * 3_600_000) / 60_000) % 1440;
      expect([key, minutes >= finalFromMinutes]).toEqual([key, true]);
    }
  });
});
