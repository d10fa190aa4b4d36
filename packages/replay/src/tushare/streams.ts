import {
  addDays,
  isoInstant,
  parseDay,
  type PlainDay,
  SHANGHAI_OFFSET_MS,
  shanghaiDay,
} from '@tapekeeper/core';
import type { AnnouncementFact, NameFact, NewsFact, SuspensionFact } from '../world/facts.ts';
import type { World } from '../world/world.ts';
import type { TushareApi } from './api.ts';
import { compact, listApi, newestDays } from './listApi.ts';
import { dayParam, listParam, type Params, type Question, questionOf, requiredParam } from './question.ts';
import { RefusedCall, TUSHARE_REFUSALS } from './refusals.ts';

/** Stocks that are suspended or resume, day by day. */
export function suspendDApi({ facts, tushare, calendar, firstDay, lastDay }: World, cap: number): TushareApi {
  const openDays = calendar
    .days('SSE')
    .flatMap(({ day, open }) => (open && day >= firstDay && day <= lastDay ? [day] : []));
  return listApi<SuspensionFact & { readonly day: PlainDay }>({
    name: 'suspend_d',
    cap,
    columns: {
      ts_code: ({ symbol }) => symbol,
      trade_date: ({ day }) => compact(day),
      suspend_timing: () => undefined,
      suspend_type: ({ type }) => type,
    },
    *rows(params) {
      const types = listParam(params, 'suspend_type');
      const question = questionOf(params);
      for (const day of newestDays(openDays, question)) {
        for (const fact of facts.suspensions(day)) {
          const known = tushare.instrument(fact.symbol) !== undefined && isAsked(question, fact.symbol);
          if (known && (types?.includes(fact.type) ?? true)) yield { ...fact, day };
        }
      }
    },
  });
}

/** Names by the days on which they were announced. */
export function nameChangeApi({ facts, tushare }: World, cap: number): TushareApi {
  return listApi<NameFact & { readonly symbol: string }>({
    name: 'namechange',
    cap,
    columns: {
      ts_code: ({ symbol }) => symbol,
      name: ({ name }) => name,
      start_date: ({ from }) => compact(from),
      end_date: ({ to }) => compact(to),
      ann_date: ({ announced }) => compact(announced),
      change_reason: ({ reason }) => reason,
    },
    rows(params) {
      const question = questionOf(params);
      return tushare.instruments
        .filter(({ symbol }) => isAsked(question, symbol))
        .flatMap(({ symbol }) => facts.names(symbol).map((name) => ({ ...name, symbol })))
        .filter(({ announced }) => announced >= question.from && announced <= question.to)
        .sort((one, other) =>
          one.announced === other.announced ? 0 : one.announced > other.announced ? -1 : 1,
        );
    },
  });
}

/** Publishers that can be asked for; each has its share of the news. */
const PUBLISHERS = [
  'sina',
  'wallstreetcn',
  '10jqka',
  'eastmoney',
  'yuncaijing',
  'fenghuang',
  'jinrongjie',
  'cls',
  'yicai',
];

/** News of one publisher within a stretch of time, both ends included. */
export function newsApi({ facts, firstDay, lastDay }: World, cap: number): TushareApi {
  return listApi<NewsFact>({
    name: 'news',
    cap,
    columns: {
      datetime: ({ at }) => wallTime(at),
      content: ({ content }) => content,
      title: ({ title }) => title,
      channels: ({ channel }) => JSON.stringify([{ name: channel }]),
    },
    hidden: ['channels'],
    *rows(params) {
      const publisher = PUBLISHERS.indexOf(requiredParam(params, 'src'));
      const from = timeParam(params, 'start_date');
      const to = timeParam(params, 'end_date');
      const stretch = { symbols: undefined, from: shanghaiDay(from), to: shanghaiDay(to) };
      for (const day of newestDays(eachDay(firstDay, lastDay), stretch)) {
        const own = facts.news(day).filter((_, index) => index % PUBLISHERS.length === publisher);
        for (const fact of own.reverse()) {
          if (fact.at >= from && fact.at <= to) yield fact;
        }
      }
    },
  });
}

/** Announcements of all stocks, day by day. */
export function announcementApi({ facts, tushare, firstDay, lastDay }: World, cap: number): TushareApi {
  return listApi<AnnouncementFact>({
    name: 'anns_d',
    cap,
    columns: {
      ann_date: ({ day }) => compact(day),
      ts_code: ({ symbol }) => symbol,
      name: ({ name }) => name,
      title: ({ title }) => title,
      url: ({ url }) => url,
      rec_time: ({ at }) => wallTime(at),
    },
    hidden: ['rec_time'],
    *rows(params) {
      const day = dayParam(params, 'ann_date');
      const question = questionOf(params);
      const stretch = day === undefined ? question : { ...question, from: day, to: day };
      for (const each of newestDays(eachDay(firstDay, lastDay), stretch)) {
        for (const fact of facts.announcements(each).toReversed()) {
          if (tushare.instrument(fact.symbol) !== undefined && isAsked(question, fact.symbol)) yield fact;
        }
      }
    },
  });
}

function isAsked({ symbols }: Question, symbol: string): boolean {
  return symbols?.includes(symbol) ?? true;
}

function eachDay(from: PlainDay, to: PlainDay): readonly PlainDay[] {
  const days: PlainDay[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

export function wallTime(at: number): string {
  return isoInstant(at + SHANGHAI_OFFSET_MS)
    .slice(0, 19)
    .replace('T', ' ');
}

const TIME = /^(\d{4}-?\d{2}-?\d{2})(?: (\d{2}):(\d{2}):(\d{2}))?$/;

/** A time of Shanghai, `2018-11-20 09:00:00`. */
function timeParam(params: Params, name: string): number {
  const [, day, ...clock] = TIME.exec(requiredParam(params, name)) ?? [];
  const parsed = day === undefined ? undefined : parseDay(day);
  if (parsed === undefined) throw new RefusedCall(TUSHARE_REFUSALS.badParameter(name));
  const [hours = 0, minutes = 0, seconds = 0] = clock.map((part) => Number(part ?? 0));
  return Date.parse(`${parsed}T00:00:00+08:00`) + ((hours * 60 + minutes) * 60 + seconds) * 1000;
}
