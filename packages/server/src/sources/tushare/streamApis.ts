import { createHash } from 'node:crypto';
import { readDay, readText } from '../cell.ts';
import { field, type Complete, type TushareApi } from './api.ts';
import { readWallTime } from './wallTime.ts';

export const suspendD: TushareApi = {
  api: 'suspend_d',
  dataset: 'suspensions',
  pageRows: 5000,
  fields: [
    field('ts_code', readText, 'symbol'),
    field('trade_date', readDay),
    field('suspend_type', readText),
    field('suspend_timing', readText, 'timing'),
  ],
  // A stock may be halted twice on its first day: one row with both times.
  repeated: (earlier, later) => {
    const times = [earlier, later].flatMap(({ timing }) =>
      typeof timing === 'string' ? timing.split(',') : [],
    );
    return { ...earlier, timing: times.length === 0 ? null : [...new Set(times)].sort().join(',') };
  },
};

export const nameChange: TushareApi = {
  api: 'namechange',
  dataset: 'name_changes',
  // Its own limit is stated nowhere by Tushare itself; others speak of 10,000.
  pageRows: 5000,
  fields: [
    field('ts_code', readText, 'symbol'),
    field('start_date', readDay),
    field('name', readText),
    field('end_date', readDay),
    field('ann_date', readDay),
    field('change_reason', readText, 'reason'),
  ],
  repeated: () => undefined,
};

/** `channel` is who published it, which the rows themselves do not say. */
export function completeNews(channel: string): Complete {
  return (row, { get }) => {
    const publishedAt = readWallTime(get('datetime'));
    const title = readText(get('title') ?? null);
    if (publishedAt === undefined) return { kind: 'unreadable', reason: 'datetime cannot be read' };
    if (publishedAt === null) return { kind: 'unreadable', reason: 'datetime is empty' };
    if (title === undefined) return { kind: 'unreadable', reason: 'title cannot be read' };
    const content = typeof row.content === 'string' ? row.content : '';
    const headline = title?.trim() || headlineOf(content);
    if (headline === '') return { kind: 'unreadable', reason: 'title and content are empty' };
    const newsId = idOf(channel, publishedAt, headline, content);
    return {
      kind: 'row',
      row: { ...row, news_id: newsId, published_at: publishedAt, title: headline, channel },
    };
  };
}

const HEADLINE_CHARACTERS = 60;

/** Short news often has no title: its first words, or what it puts in brackets before the text. */
function headlineOf(content: string): string {
  const bracketed = /^\s*【([^】]{1,200})】/.exec(content)?.[1];
  // Without the first half of a character that the cut went through.
  const start = content
    .trim()
    .slice(0, HEADLINE_CHARACTERS)
    .replace(/[\ud800-\udbff]$/, '');
  return (bracketed ?? start).trim();
}

export const news: TushareApi = {
  api: 'news',
  dataset: 'news',
  pageRows: 1500,
  fields: [field('content', readText)],
  beside: ['datetime', 'title'],
  derived: ['news_id', 'published_at', 'title', 'channel'],
  repeated: () => undefined,
};

/** Publishers that can be asked for, as Tushare spells them. */
export const NEWS_PUBLISHERS = [
  'sina',
  'wallstreetcn',
  '10jqka',
  'eastmoney',
  'yuncaijing',
  'fenghuang',
  'jinrongjie',
  'cls',
  'yicai',
] as const;

const completeAnnouncement: Complete = (row, { get }) => {
  const publishedAt = readWallTime(get('rec_time'));
  if (publishedAt === undefined) return { kind: 'unreadable', reason: 'rec_time cannot be read' };
  const address = row.url ?? row.title;
  const id = idOf(row.symbol, row.ann_date, address);
  return { kind: 'row', row: { ...row, announcement_id: id, published_at: publishedAt } };
};

export const announcement: TushareApi = {
  api: 'anns_d',
  dataset: 'announcements',
  pageRows: 2000,
  fields: [
    field('ts_code', readText, 'symbol'),
    field('ann_date', readDay),
    field('title', readText),
    field('name', readText),
    field('url', readText),
  ],
  beside: ['rec_time'],
  derived: ['announcement_id', 'published_at'],
  complete: completeAnnouncement,
  repeated: () => undefined,
};

/** Tushare gives no ids of its own. */
function idOf(...parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
