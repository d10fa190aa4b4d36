import {
  boardOf,
  parseDay,
  shanghaiInstant,
  type Instant,
  type PlainDay,
  type Row,
  type Symbol,
} from '@tapekeeper/core';
import { z } from 'zod';
import { readText } from '../../cell.ts';
import { CNINFO_COLUMNS } from '../cninfo/announcements.ts';
import { callAkshare, type AkshareClient, type Asking } from '../client.ts';
import type { DayQuestion } from './dividends.ts';
import { createGathering, type Found } from '../gathering.ts';
import { malformedFrom } from '../hosts.ts';
import { symbolOfStockCode } from '../symbols.ts';
import { readJson, utf8Text } from '../text.ts';

const PAGE_ROWS = 100;
const MOST_PAGES = 300;

const notice = z.object({
  art_code: z.string(),
  title: z.string().nullish(),
  notice_date: z.string().nullish(),
  display_time: z.string().nullish(),
  codes: z
    .array(
      z.object({
        stock_code: z.string().nullish(),
        code: z.string().nullish(),
        ann_type: z.string().nullish(),
        short_name: z.string().nullish(),
      }),
    )
    .nullish(),
  columns: z.array(z.object({ column_name: z.string().nullish() })).nullish(),
});

type Notice = z.infer<typeof notice>;

const answer = z.object({
  data: z.object({ list: z.array(notice).nullish(), total_hits: z.int().nonnegative() }).nullish(),
});

/** The announcements of a day as Eastmoney lists them; their numbers are others than those of CNINFO. */
export async function readEastmoneyNotices(
  client: AkshareClient,
  { day }: DayQuestion,
  asking: Asking,
): Promise<Found> {
  const gathering = createGathering('emnotice', 'announcements', 'set_aside');
  const seen = new Set<string>();
  for (let number = 1, total = 1, received = 0; received < total; number += 1) {
    const page = await readPage(client, day, number, asking);
    if (number > MOST_PAGES || (number > 1 && page.total !== total))
      throw malformedFrom('emnotice', 'the list changed while its pages were read.');
    total = page.total;
    received += page.list.length;
    if (page.list.length === 0 && received < total)
      throw malformedFrom('emnotice', `the list ends after ${received} notices of ${total}.`);
    for (const each of page.list) {
      const id = each.art_code.slice(0, 60).toWellFormed();
      if (seen.has(id)) throw malformedFrom('emnotice', `${id} came on two pages of the list.`);
      seen.add(id);
      const row = rowOfNotice(day, each);
      if (row !== undefined) gathering.take(row, each);
    }
  }
  return { columns: CNINFO_COLUMNS, rows: gathering.rows, unreadable: gathering.unreadable };
}

async function readPage(
  client: AkshareClient,
  day: PlainDay,
  number: number,
  asking: Asking,
): Promise<{ readonly total: number; readonly list: readonly Notice[] }> {
  const body = await callAkshare(
    client,
    {
      origin: 'emnotice',
      api: 'ann',
      path: '/api/security/ann',
      referer: 'https://data.eastmoney.com/',
      query: {
        sr: '-1',
        page_size: String(PAGE_ROWS),
        page_index: String(number),
        ann_type: 'A',
        client_source: 'web',
        f_node: '0',
        s_node: '0',
        begin_time: day,
        end_time: day,
      },
    },
    asking,
  );
  const { data } = readJson('emnotice', utf8Text('emnotice', body), answer);
  return { total: data?.total_hits ?? 0, list: data?.list ?? [] };
}

/** Undefined for the notice of what is no A share. */
function rowOfNotice(day: PlainDay, each: Notice): Row | string | undefined {
  const [symbol, shortName] = stockOf(each);
  if (symbol === undefined) return undefined;
  const announced = parseDay((each.notice_date ?? '').slice(0, 10));
  if (announced === undefined) return 'notice_date cannot be read';
  if (announced !== day)
    throw malformedFrom('emnotice', `one of ${announced} came, which was not asked for.`);
  const id = readText(each.art_code);
  const title = readText((each.title ?? '').trim());
  const type = readText(each.columns?.[0]?.column_name ?? null);
  const name = readText(shortName ?? null);
  if (!id || !title || type === undefined || name === undefined) return 'a notice lacks its number or title';
  return {
    announcement_id: id,
    symbol,
    ann_date: announced,
    title,
    type,
    name,
    url: `https://data.eastmoney.com/notices/detail/${symbol.slice(0, 6)}/${encodeURIComponent(id)}.html`,
    published_at: momentOf(each.display_time),
  };
}

function stockOf({ codes }: Notice): readonly [Symbol | undefined, string | null | undefined] {
  for (const each of codes ?? []) {
    const symbol = symbolOfStockCode(each.stock_code ?? each.code);
    if (symbol !== undefined && boardOf(symbol) !== undefined) return [symbol, each.short_name];
  }
  return [undefined, undefined];
}

/** `2024-01-10 18:01:05:123`; null for anything else, since it is not always there. */
function momentOf(cell: string | null | undefined): Instant | null {
  const match = /^(\d{4}-\d{2}-\d{2}) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d)/.exec(cell ?? '');
  const day = parseDay(match?.[1] ?? '');
  if (!match || day === undefined) return null;
  return shanghaiInstant(day, Number(match[2]) * 60 + Number(match[3])) + Number(match[4]) * 1000;
}
