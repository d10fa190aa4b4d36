import { parseDay, shanghaiInstant, type Instant, type PlainDay, type Row } from '@tapekeeper/core';
import { z } from 'zod';
import { readText } from '../../cell.ts';
import { callAkshare, type AkshareClient, type Asking } from '../client.ts';
import type { SymbolQuestion } from './kline.ts';
import { createGathering, type Found } from '../gathering.ts';
import { cells, readWrappedJson, utf8Text, type Cells } from '../text.ts';

export const NEWS_COLUMNS: readonly string[] = [
  'news_id',
  'published_at',
  'title',
  'summary',
  'url',
  'channel',
  'symbols',
];

/** Articles in one page; the search shows no more than the newest hundreds. */
export const NEWS_PAGE_ROWS = 100;
const MOST_PAGES = 10;

const answer = z.object({ result: z.object({ cmsArticleWebOld: z.array(cells).nullish() }).nullish() });

/**
 * News about one stock, the newest first, back to the first day of a range or to where the search ends:
 * it does not reach far. An article counts as news of the day on which it appeared in Shanghai.
 */
export async function readEastmoneyNews(
  client: AkshareClient,
  question: SymbolQuestion,
  asking: Asking,
): Promise<Found> {
  const gathering = createGathering('emsearch', 'news', 'set_aside');
  for (let page = 1, isOver = false; !isOver && page <= MOST_PAGES; page += 1) {
    const articles = await readPage(client, question, page, asking);
    let fresh = 0;
    let oldest = question.to;
    for (const article of articles) {
      const moment = momentOf(article['date']);
      if (moment && moment.day < oldest) oldest = moment.day;
      const isAsked = !moment || (moment.day >= question.from && moment.day <= question.to);
      if (!isAsked || gathering.take(rowOfArticle(question, moment?.at, article), article)) fresh += 1;
    }
    isOver = articles.length < NEWS_PAGE_ROWS || fresh === 0 || oldest < question.from;
  }
  return { columns: NEWS_COLUMNS, rows: gathering.rows, unreadable: gathering.unreadable };
}

async function readPage(
  client: AkshareClient,
  { symbol }: SymbolQuestion,
  page: number,
  asking: Asking,
): Promise<readonly Cells[]> {
  const search = {
    uid: '',
    keyword: symbol.slice(0, 6),
    type: ['cmsArticleWebOld'],
    client: 'web',
    clientType: 'web',
    clientVersion: 'curr',
    param: {
      cmsArticleWebOld: {
        searchScope: 'default',
        sort: 'time',
        pageIndex: page,
        pageSize: NEWS_PAGE_ROWS,
        preTag: '',
        postTag: '',
      },
    },
  };
  const body = await callAkshare(
    client,
    {
      origin: 'emsearch',
      api: 'search',
      path: '/search/jsonp',
      referer: 'https://so.eastmoney.com/',
      query: { cb: 'news', param: JSON.stringify(search) },
    },
    asking,
  );
  return readWrappedJson('emsearch', utf8Text('emsearch', body), answer).result?.cmsArticleWebOld ?? [];
}

function momentOf(cell: unknown): { readonly day: PlainDay; readonly at: Instant } | undefined {
  const match =
    typeof cell === 'string' ? /^(\d{4}-\d{2}-\d{2}) ([01]\d|2[0-3]):([0-5]\d):([0-5]\d)$/.exec(cell) : null;
  const day = parseDay(match?.[1] ?? '');
  if (!match || day === undefined) return undefined;
  return {
    day,
    at: shanghaiInstant(day, Number(match[2]) * 60 + Number(match[3])) + Number(match[4]) * 1000,
  };
}

function rowOfArticle({ symbol }: SymbolQuestion, at: Instant | undefined, article: Cells): Row | string {
  const id = readText(article['code'] ?? null);
  const title = plainText(article['title']);
  const summary = plainText(article['content']);
  const channel = readText(article['mediaName'] ?? null);
  if (!id || !title || at === undefined) return 'an article lacks its number, time or title';
  if (summary === undefined || channel === undefined) return 'a text of an article cannot be read';
  // The address that comes with an article has changed its form; the one by its number has not.
  const url = readText(article['url'] ?? null) ?? `http://finance.eastmoney.com/a/${id}.html`;
  return { news_id: id, published_at: at, title, summary, url, channel, symbols: JSON.stringify([symbol]) };
}

/** What was searched for is marked in the texts. */
function plainText(cell: unknown): string | null | undefined {
  const text = readText(cell ?? null);
  return typeof text === 'string'
    ? readText(
        text
          .replaceAll(/<\/?em>/g, '')
          .replaceAll(/[\u3000\s]+/g, ' ')
          .trim(),
      )
    : text;
}
