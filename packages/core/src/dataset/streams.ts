import { FIRST_DAY, day, instant, json, keyDay, name, symbol, text, tradeDate } from './columns.ts';
import type { Dataset } from './dataset.ts';
import { STOCK_LISTS } from './lists.ts';

/** A stretch that was read is read again for so many days: late entries come in behind its end. */
const OPEN_ENDED = { finalFromMinutes: 24 * 60 - 1, settleDays: 3, due: 'same_day' } as const;

export const suspensions: Dataset = {
  id: 'suspensions',
  title: { en: 'Suspensions', zh: '停复牌' },
  columns: [
    symbol,
    tradeDate,
    name('suspend_type', 'S suspended, R resumed'),
    text('timing', 'time of day, where it is not the whole day'),
    text('reason', 'reason as the source words it'),
  ],
  key: ['symbol', 'trade_date', 'suspend_type'],
  kind: 'stream',
  sparse: true,
  cells: null,
  finality: OPEN_ENDED,
  requires: STOCK_LISTS,
  firstDay: FIRST_DAY,
};

export const nameChanges: Dataset = {
  id: 'name_changes',
  title: { en: 'Name changes', zh: '曾用名' },
  columns: [
    symbol,
    keyDay('start_date', 'first day of the name'),
    name('name', 'short name'),
    day('end_date', 'last day of the name; empty while it lasts'),
    day('ann_date', 'day of the announcement'),
    text('reason', 'why, as the source words it'),
  ],
  key: ['symbol', 'start_date', 'name'],
  kind: 'stream',
  sparse: true,
  cells: null,
  finality: OPEN_ENDED,
  requires: STOCK_LISTS,
  firstDay: FIRST_DAY,
};

export const news: Dataset = {
  id: 'news',
  title: { en: 'News', zh: '新闻' },
  columns: [
    name('news_id', "the source's id, or a hash of address, title and time"),
    instant('published_at', 'time of publication'),
    name('title', 'headline'),
    text('summary', 'beginning or abstract'),
    text('content', 'text, where the source gives it'),
    text('url', 'address'),
    text('channel', 'who published it'),
    json('symbols', 'canonical symbols that it is about'),
  ],
  key: ['news_id'],
  kind: 'stream',
  sparse: true,
  cells: null,
  finality: OPEN_ENDED,
  requires: [],
  firstDay: FIRST_DAY,
};

export const announcements: Dataset = {
  id: 'announcements',
  title: { en: 'Announcements', zh: '公告' },
  columns: [
    name('announcement_id', "the source's id, or a hash of the address"),
    symbol,
    keyDay('ann_date', 'day of the announcement'),
    name('title', 'title'),
    text('type', "kind in the source's own words"),
    text('name', 'short name of the stock at the time'),
    text('url', 'address of the document'),
    { ...instant('published_at', 'time of publication, where it is known'), nullable: true },
  ],
  key: ['announcement_id'],
  kind: 'stream',
  sparse: true,
  cells: null,
  finality: OPEN_ENDED,
  requires: [],
  firstDay: FIRST_DAY,
};
