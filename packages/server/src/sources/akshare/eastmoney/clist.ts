import { AppError } from '@tapekeeper/core';
import { z } from 'zod';
import { callAkshare, type AkshareClient, type Asking } from '../client.ts';
import { malformedFrom, upstreamOf } from '../hosts.ts';
import { cells, readJson, utf8Text, type Cells } from '../text.ts';

/** Rows that a page may have at most; servers have cut it before, from 5000 to 200 to 100. */
export const CLIST_PAGE_ROWS = 100;

const MOST_PAGES = 500;

/** The markets of a listing in Eastmoney's own terms. */
export const A_SHARES = 'm:0 t:6,m:0 t:80,m:1 t:2,m:1 t:23,m:0 t:81 s:2048';
export const INDICES = 'm:1 t:1,m:0 t:5';

const page = z.object({
  rc: z.int(),
  data: z
    .object({ total: z.int().nonnegative(), diff: z.union([z.array(cells), z.record(z.string(), cells)]) })
    .nullish(),
});

export interface ClistQuestion {
  /** Markets, as in `A_SHARES`. */
  readonly markets: string;
  readonly fields: readonly string[];
  /** Rows that are asked for in one page. */
  readonly pageRows: number;
}

/**
 * Every row of a listing, page by page in the order of codes, for as many rows as the server says that
 * there are: its pages are as long as it likes. Throws `upstream_refused` for its own codes, and
 * `malformed` when a code comes twice or rows are missing in the end, since then rows moved from page to page.
 */
export async function readClist(
  client: AkshareClient,
  question: ClistQuestion,
  asking: Asking,
): Promise<readonly Cells[]> {
  const rows = new Map<string, Cells>();
  for (let number = 1; number <= MOST_PAGES; number += 1) {
    const { total, diff } = await readPage(client, question, number, asking);
    for (const row of diff) {
      const key = `${String(row['f13'])}.${String(row['f12'])}`;
      if (rows.has(key)) throw malformedFrom('push2', `${key} came on two pages of the list.`);
      rows.set(key, row);
    }
    if (rows.size >= total) return [...rows.values()];
    if (diff.length === 0) break;
  }
  throw malformedFrom('push2', `the list ends after ${rows.size} rows, and should have more.`);
}

async function readPage(
  client: AkshareClient,
  { markets, fields, pageRows }: ClistQuestion,
  number: number,
  asking: Asking,
): Promise<{ readonly total: number; readonly diff: readonly Cells[] }> {
  const body = await callAkshare(
    client,
    {
      origin: 'push2',
      api: 'clist',
      path: '/api/qt/clist/get',
      referer: 'https://quote.eastmoney.com/',
      query: {
        pn: String(number),
        pz: String(pageRows),
        po: '1',
        np: '1',
        ut: 'bd1d9ddb04089700cf9c27f6f7426281',
        fltt: '2',
        invt: '2',
        fid: 'f12',
        fs: markets,
        fields: ['f12', 'f13', ...fields].join(','),
      },
    },
    asking,
  );
  const { rc, data } = readJson('push2', utf8Text('push2', body), page);
  if (rc !== 0) throw refusedCode(rc, 'clist');
  // Past the last page there is no data; on the first one that would be an empty market.
  if (!data) return { total: number === 1 ? 0 : Infinity, diff: [] };
  return { total: data.total, diff: Array.isArray(data.diff) ? data.diff : Object.values(data.diff) };
}

/** What Eastmoney's quotes answer to a call that they do not like, above all to one without its `ut`. */
export function refusedCode(rc: number, api: string): AppError {
  return new AppError('upstream_refused', {
    ...upstreamOf('push2'),
    api,
    upstreamCode: rc,
    message: `code ${rc}.`,
  });
}
