import { AppError, boardOf, shanghaiDay, shanghaiInstant, type Row, type Symbol } from '@tapekeeper/core';
import { z } from 'zod';
import { readText } from '../../cell.ts';
import { callAkshare, type AkshareClient, type Asking } from '../client.ts';
import type { DayQuestion } from '../eastmoney/dividends.ts';
import { createGathering, type Found } from '../gathering.ts';
import { malformedFrom, upstreamOf } from '../hosts.ts';
import { isCode, symbolOfStockCode } from '../symbols.ts';
import { cells, readJson, utf8Text, type Cells } from '../text.ts';

export const CNINFO_COLUMNS: readonly string[] = [
  'announcement_id',
  'symbol',
  'ann_date',
  'title',
  'type',
  'name',
  'url',
  'published_at',
];

/** It gives so many a page whatever is asked for, and no page behind the hundredth. */
export const CNINFO_PAGE_ROWS = 30;
const MOST_PAGES = 100;

const answer = z.object({
  totalAnnouncement: z.int().nonnegative(),
  announcements: z.array(cells).nullish(),
});

/** Latest instant that a day can be told of. */
const LATEST = 4_102_444_800_000;

/**
 * The announcements of a day at CNINFO. Throws `upstream_refused` for a day that has more than it shows, so that
 * another route is taken, and `malformed` when one came twice or
 * fewer than it said, since then the pages moved.
 */
export async function readCninfo(
  client: AkshareClient,
  { day }: DayQuestion,
  asking: Asking,
): Promise<Found> {
  // One document about several stocks may come once for each of them, under one number.
  const gathering = createGathering('cninfo', 'announcements', 'set_aside');
  const seen = new Set<string>();
  for (let number = 1, total = 1, received = 0; received < total; number += 1) {
    const { totalAnnouncement, announcements } = await readPage(client, day, number, asking);
    if (totalAnnouncement > MOST_PAGES * CNINFO_PAGE_ROWS) throw tooMany(totalAnnouncement);
    if (number > 1 && totalAnnouncement !== total)
      throw malformedFrom('cninfo', 'the list changed while its pages were read.');
    total = totalAnnouncement;
    const page = announcements ?? [];
    received += page.length;
    if (page.length === 0 && received < total)
      throw malformedFrom('cninfo', `the list ends after ${received} announcements of ${total}.`);
    for (const cell of page) {
      if (seen.has(keyOf(cell)))
        throw malformedFrom('cninfo', `${keyOf(cell)} came on two pages of the list.`);
      seen.add(keyOf(cell));
      const row = rowOfAnnouncement(cell);
      if (row === undefined) continue;
      if (typeof row !== 'string' && row['ann_date'] !== day)
        throw malformedFrom('cninfo', `one of ${String(row['ann_date'])} came, which was not asked for.`);
      gathering.take(row, cell);
    }
  }
  return { columns: CNINFO_COLUMNS, rows: gathering.rows, unreadable: gathering.unreadable };
}

function keyOf({ announcementId, secCode }: Cells): string {
  return `${String(announcementId)} ${String(secCode)}`.slice(0, 60).toWellFormed();
}

function tooMany(total: number): AppError {
  return new AppError('upstream_refused', {
    ...upstreamOf('cninfo'),
    api: 'hisAnnouncement',
    message: `it shows ${MOST_PAGES * CNINFO_PAGE_ROWS} announcements of a day, and there are ${total}.`,
  });
}

async function readPage(client: AkshareClient, day: string, number: number, asking: Asking) {
  const body = await callAkshare(
    client,
    {
      origin: 'cninfo',
      api: 'hisAnnouncement',
      path: '/new/hisAnnouncement/query',
      referer: 'http://www.cninfo.com.cn/new/commonUrl/pageOfSearch?url=disclosure/list/search',
      form: {
        pageNum: String(number),
        pageSize: String(CNINFO_PAGE_ROWS),
        column: 'szse',
        tabName: 'fulltext',
        plate: '',
        stock: '',
        searchkey: '',
        secid: '',
        category: '',
        trade: '',
        seDate: `${day}~${day}`,
        sortName: '',
        sortType: '',
        isHLtitle: 'true',
      },
    },
    asking,
  );
  return readJson('cninfo', utf8Text('cninfo', body), answer);
}

/** Undefined for the announcement of what is no A share. */
function rowOfAnnouncement(cell: Cells): Row | string | undefined {
  const symbol = stockOf(cell['secCode']);
  if (symbol === undefined) return undefined;
  if (symbol === 'unreadable') return 'secCode cannot be read';
  const id = readText(cell['announcementId'] ?? null);
  const title = readText(plain(cell['announcementTitle']));
  const type = readText(cell['announcementTypeName'] ?? null);
  const name = readText(plain(cell['secName']));
  const path = readText(cell['adjunctUrl'] ?? null);
  const at = cell['announcementTime'];
  if (!id || !title || type === undefined || name === undefined || path === undefined)
    return 'an announcement lacks its number or title';
  if (typeof at !== 'number' || !Number.isSafeInteger(at) || at <= 0 || at >= LATEST)
    return 'announcementTime cannot be read';
  const day = shanghaiDay(at);
  return {
    announcement_id: id,
    symbol,
    ann_date: day,
    title,
    type,
    name,
    url: path === null ? null : `http://static.cninfo.com.cn/${path.replace(/^\//, '')}`,
    // Midnight stands for a day without a time.
    published_at: at === shanghaiInstant(day, 0) ? null : at,
  };
}

/** The first share among the codes; undefined where there is none, a text where they cannot be read. */
function stockOf(cell: unknown): Symbol | 'unreadable' | undefined {
  if (cell === null || cell === undefined || cell === '') return undefined;
  const codes = typeof cell === 'string' ? cell.split(',').map((code) => code.trim()) : [];
  if (codes.length === 0 || !codes.every((code) => code === '' || isCode(code))) return 'unreadable';
  return codes
    .map((code) => symbolOfStockCode(code))
    .find((symbol) => symbol !== undefined && boardOf(symbol) !== undefined);
}

function plain(cell: unknown): unknown {
  return typeof cell === 'string' ? cell.replaceAll(/<\/?em>/g, '').trim() : (cell ?? null);
}
