import { boardOf, shanghaiInstant, type PlainDay, type Row } from '@tapekeeper/core';
import { z } from 'zod';
import { readNumber, scaledBy } from '../../cell.ts';
import { callAkshare, type AkshareClient, type Asking } from '../client.ts';
import { isAsked, type Market } from '../eastmoney/quotes.ts';
import { createGathering, dashed, field, rowOf, type Field, type Found } from '../gathering.ts';
import { malformedFrom } from '../hosts.ts';
import { quotedDay } from '../session.ts';
import { symbolOfPrefixed } from '../symbols.ts';
import { cells, eitherText, gbkText, readJson, type Cells } from '../text.ts';
import type { AllQuestion } from '../tradeCalendar.ts';

/** The server gives no more a page, whatever is asked for. */
const PAGE_ROWS = 80;
const MOST_PAGES = 500;

const figure = dashed(readNumber);
/** Before the first trade, prices are nought. */
const traded = (cell: unknown) => {
  const price = figure(cell);
  return price === 0 ? null : price;
};
const tenThousandsToYuan = dashed(scaledBy(10_000, 2));

const FIELDS: readonly Field[] = [
  field('last', 'trade', figure),
  field('open', 'open', traded),
  field('high', 'high', traded),
  field('low', 'low', traded),
  field('pre_close', 'settlement', figure),
  field('volume', 'volume', dashed(scaledBy(1, 0))),
  field('amount', 'amount', figure),
  field('pct_chg', 'changepercent', figure),
  field('turnover_rate', 'turnoverratio', figure),
  field('pe', 'per', figure),
  field('pb', 'pb', figure),
  field('total_mv', 'mktcap', tenThousandsToYuan),
  field('circ_mv', 'nmc', tenThousandsToYuan),
];

const COLUMNS = ['symbol', 'trade_date', 'quoted_at', ...FIELDS.map(({ column }) => column)];

/**
 * Quotes of the whole market, eighty a page. Nobody has to be told the symbols, but so many pages in a row
 * are what Sina shuts addresses out for: the last way of all.
 */
export async function readSinaList(
  { client, tradingDays }: Market,
  question: AllQuestion,
  asking: Asking,
): Promise<Found> {
  const day = await quotedDay(tradingDays, client.clock.now());
  const gathering = createGathering('sina_list', 'quotes');
  const total = await readCount(client, asking);
  const seen = new Set<string>();
  for (let number = 1; seen.size < total; number += 1) {
    const page = await readPage(client, number, asking);
    if (page.length === 0 || number > MOST_PAGES)
      throw malformedFrom('sina_list', `the list ends after ${seen.size} rows of ${total}.`);
    for (const each of page) {
      const code = String(each['symbol']);
      if (seen.has(code))
        throw malformedFrom('sina_list', `${code.slice(0, 20)} came on two pages of the list.`);
      seen.add(code);
      const row = rowOfLine(day, each);
      if (row !== undefined && day !== undefined && isAsked(question, day)) gathering.take(row, each);
    }
  }
  return { columns: COLUMNS, rows: gathering.rows, unreadable: gathering.unreadable };
}

const SERVICE = '/quotes_service/api/json_v2.php/Market_Center';

async function readCount(client: AkshareClient, asking: Asking): Promise<number> {
  const path = `${SERVICE}.getHQNodeStockCount`;
  const body = await callAkshare(
    client,
    { origin: 'sina_list', api: 'getHQNodeStockCount', path, query: { node: 'hs_a' } },
    asking,
  );
  const count = /^\s*"?(\d{1,6})"?\s*$/.exec(gbkText(body))?.[1];
  if (count === undefined) throw malformedFrom('sina_list', 'the number of stocks cannot be read.');
  return Number(count);
}

async function readPage(client: AkshareClient, number: number, asking: Asking): Promise<readonly Cells[]> {
  const path = `${SERVICE}.getHQNodeData`;
  const query = {
    page: String(number),
    num: String(PAGE_ROWS),
    sort: 'symbol',
    asc: '1',
    node: 'hs_a',
    symbol: '',
    _s_r_a: 'page',
  };
  const body = await callAkshare(client, { origin: 'sina_list', api: 'getHQNodeData', path, query }, asking);
  return readJson('sina_list', eitherText(body), z.array(cells).nullable()) ?? [];
}

/** Undefined for what is no A share, and for a stock without a price. */
function rowOfLine(day: PlainDay | undefined, each: Cells): Row | string | undefined {
  const symbol = symbolOfPrefixed(String(each['symbol']));
  if (symbol === undefined) return 'a line of the quotes names no symbol';
  if (boardOf(symbol) === undefined || day === undefined || traded(each['trade']) === null) return undefined;
  const match = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)$/.exec(String(each['ticktime']));
  if (!match) return 'ticktime cannot be read';
  const at = shanghaiInstant(day, Number(match[1]) * 60 + Number(match[2])) + Number(match[3]) * 1000;
  return rowOf('quotes', { symbol, trade_date: day, quoted_at: at }, FIELDS, each);
}
