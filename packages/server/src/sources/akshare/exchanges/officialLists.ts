import type { PlainDay, Symbol } from '@tapekeeper/core';
import { boardOf } from '@tapekeeper/core';
import { z } from 'zod';
import { readDay, readText } from '../../cell.ts';
import { callAkshare, type AkshareClient, type Asking } from '../client.ts';
import { malformedFrom } from '../hosts.ts';
import { symbolOfStockCode } from '../symbols.ts';
import { cells, readJson, utf8Text, type Cells } from '../text.ts';
import { readXlsx, rowsByHeading } from './xlsx.ts';

/** A line of a list that an exchange keeps of its own stocks. */
export type OfficialLine =
  | {
      readonly kind: 'stock';
      readonly symbol: Symbol;
      readonly name: string;
      readonly listDate: PlainDay | null;
      readonly delistDate: PlainDay | null;
    }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly raw: unknown };

export type OfficialList = (client: AkshareClient, asking: Asking) => Promise<readonly OfficialLine[]>;

const sse = z.object({ result: z.array(cells) });
const SSE_QUERY = {
  sqlId: 'COMMON_SSE_CP_GPJCTPZ_GPLB_GP_L',
  type: 'inParams',
  isPagination: 'true',
  'pageHelp.cacheSize': '1',
  'pageHelp.beginPage': '1',
  'pageHelp.pageSize': '10000',
  'pageHelp.pageNo': '1',
  'pageHelp.endPage': '1',
  REG_PROVINCE: '',
  CSRC_CODE: '',
  STOCK_CODE: '',
};
const LISTED = '2,4,5,7,8';
const DELISTED = '3';

/** Shanghai's listed stocks: the main board and the STAR market are two lists. */
export const sseListed: OfficialList = async (client, asking) => [
  ...(await readSse(client, '/sseQuery/commonQuery.do', '1', LISTED, asking)),
  ...(await readSse(client, '/sseQuery/commonQuery.do', '8', LISTED, asking)),
];

/** Shanghai's delisted stocks of all boards. */
export const sseDelisted: OfficialList = (client, asking) =>
  readSse(client, '/commonQuery.do', '1,2,8', DELISTED, asking);

async function readSse(
  client: AkshareClient,
  path: string,
  stockType: string,
  status: string,
  asking: Asking,
): Promise<readonly OfficialLine[]> {
  const body = await callAkshare(
    client,
    {
      origin: 'sse',
      api: 'commonQuery',
      path,
      // Without this page as the one it comes from, a call is refused.
      referer: 'https://www.sse.com.cn/assortment/stock/list/share/',
      query: { ...SSE_QUERY, STOCK_TYPE: stockType, COMPANY_STATUS: status },
    },
    asking,
  );
  const { result } = readJson('sse', utf8Text('sse', body), sse);
  return result.flatMap((row) => {
    const ofA = symbolOfStockCode(row['A_STOCK_CODE']) !== undefined;
    // A company's B share stands under the code of the company.
    if (!ofA && symbolOfStockCode(row['B_STOCK_CODE'])) return [];
    const code = ofA ? row['A_STOCK_CODE'] : row['COMPANY_CODE'];
    const name = text(row, 'SEC_NAME_CN') ?? text(row, 'COMPANY_ABBR');
    return stockOf(code, name, row['LIST_DATE'], status === DELISTED ? row['DELIST_DATE'] : null, row);
  });
}

function text(row: Cells, cell: string): unknown {
  const value = row[cell];
  return value === '' || value === '-' || value === null ? undefined : value;
}

/** Shenzhen's listed A shares. */
export const szseListed: OfficialList = async (client, asking) => {
  const names = ['A股代码', 'A股简称', 'A股上市日期'];
  const rows = await readSzse(client, '1110', 'tab1', 'stock_list', names, asking);
  // A company with B shares alone stands on the list with an empty code.
  return rows
    .filter(([code]) => code !== '')
    .flatMap(([code = '', name, listed, ...rest]) =>
      stockOf(sixDigits(code), name, listed, null, [code, name, listed, ...rest]),
    );
};

/** Shenzhen's delisted stocks, B shares among them. */
export const szseDelisted: OfficialList = async (client, asking) => {
  const names = ['证券代码', '证券简称', '上市日期', '终止上市日期'];
  const rows = await readSzse(client, '1793_ssgs', 'tab2', 'delisted', names, asking);
  return rows.flatMap(([code = '', name, listed, delisted]) =>
    stockOf(sixDigits(code), name, listed, delisted, [code, name, listed, delisted]),
  );
};

/** One sheet of Shenzhen's, below its heading. */
export async function readSzse(
  client: AkshareClient,
  catalogue: string,
  tab: string,
  api: string,
  names: readonly string[],
  asking: Asking,
): Promise<readonly (readonly string[])[]> {
  const body = await callAkshare(
    client,
    {
      origin: 'szse',
      api,
      path: '/api/report/ShowReport',
      referer: 'https://www.szse.cn/',
      query: { SHOWTYPE: 'xlsx', CATALOGID: catalogue, TABKEY: tab, random: '0.69' },
    },
    asking,
  );
  return rowsByHeading('szse', readXlsx('szse', body), names);
}

/** Sheets keep some codes as numbers, without the noughts before them. */
export function sixDigits(code: string): string {
  return /^\d{1,6}(?:\.0)?$/.test(code) ? code.replace('.0', '').padStart(6, '0') : code;
}

const bse = z.array(z.object({ totalPages: z.int().nonnegative(), content: z.array(cells) })).length(1);
const MOST_PAGES = 100;

/** Beijing's listed stocks, about twenty a page. */
export const bseListed: OfficialList = async (client, asking) => {
  const lines: OfficialLine[] = [];
  const seen = new Set<unknown>();
  for (let page = 0, pages = 1; page < pages; page += 1) {
    const { totalPages, content } = await readBsePage(client, page, asking);
    if (totalPages > MOST_PAGES) throw malformedFrom('bse', `the list has ${totalPages} pages.`);
    pages = totalPages;
    for (const row of content) {
      const code = row['xxzqdm'];
      if (seen.has(code))
        throw malformedFrom('bse', `${String(code).slice(0, 20)} came on two pages of the list.`);
      seen.add(code);
      lines.push(...stockOf(code, row['xxzqjc'], row['fxssrq'], null, row));
    }
  }
  return lines;
};

async function readBsePage(
  client: AkshareClient,
  page: number,
  asking: Asking,
): Promise<{ readonly totalPages: number; readonly content: readonly Cells[] }> {
  const body = await callAkshare(
    client,
    {
      origin: 'bse',
      api: 'nqxxCnzq',
      path: '/nqxxController/nqxxCnzq.do',
      referer: 'https://www.bse.cn/nq/listedcompany.html',
      form: {
        page: String(page),
        typejb: 'T',
        'xxfcbj[]': '2',
        xxzqdm: '',
        sortfield: 'xxzqdm',
        sorttype: 'asc',
      },
    },
    asking,
  );
  const wrapped = utf8Text('bse', body).trim();
  const [only] = readJson('bse', wrapped.slice(wrapped.indexOf('['), wrapped.lastIndexOf(']') + 1), bse);
  if (only === undefined) throw malformedFrom('bse', 'the list has no page.');
  return only;
}

/** The line of an A share; none for a B share. */
function stockOf(
  code: unknown,
  nameCell: unknown,
  listed: unknown,
  delisted: unknown,
  raw: unknown,
): readonly OfficialLine[] {
  const symbol = symbolOfStockCode(code);
  if (symbol && boardOf(symbol) === undefined) return [];
  const name = readText(nameCell);
  const listDate = dayOf(listed);
  const delistDate = dayOf(delisted);
  if (symbol && name && listDate !== undefined && delistDate !== undefined)
    return [{ kind: 'stock', symbol, name, listDate, delistDate }];
  return [{ kind: 'unreadable', reason: 'a line of the stock list cannot be read', raw }];
}

/** Days come in several spellings, with and without a time of midnight behind. */
function dayOf(cell: unknown): PlainDay | null | undefined {
  if (cell === '-' || cell === undefined) return null;
  const spelling = typeof cell === 'number' ? String(cell) : cell;
  return readDay(typeof spelling === 'string' ? spelling.replace(/ 00:00:00(?:\.0)?$/, '') : spelling);
}
