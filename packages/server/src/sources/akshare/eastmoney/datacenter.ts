import { AppError, parseDay, type PlainDay } from '@tapekeeper/core';
import { z } from 'zod';
import { callAkshare, type AkshareClient, type Asking } from '../client.ts';
import { malformedFrom, upstreamOf } from '../hosts.ts';
import { cells, readJson, utf8Text, type Cells } from '../text.ts';

/** Most rows that one page of the data center has. */
export const DATACENTER_PAGE_ROWS = 500;

const MOST_PAGES = 100;
/** What it says instead of an empty table. */
const NO_ROWS = 9201;

const answer = z.object({
  success: z.boolean(),
  code: z.int().nullish(),
  message: z.string().nullish(),
  result: z
    .object({
      pages: z.int().nonnegative(),
      count: z.int().nonnegative().nullish(),
      data: z.array(cells).nullish(),
    })
    .nullish(),
});

export interface DatacenterQuestion {
  readonly report: string;
  /** In its own language: `(REPORT_DATE='2023-12-31')`. */
  readonly filter: string;
  readonly sortColumns: string;
  readonly sortTypes: string;
}

/**
 * Every row of a report, page by page. Throws `upstream_refused` for its own codes, and `malformed`
 * where fewer or more rows came than it said.
 */
export async function readDatacenter(
  client: AkshareClient,
  question: DatacenterQuestion,
  asking: Asking,
): Promise<readonly Cells[]> {
  const rows: Cells[] = [];
  let count: number | undefined;
  for (let number = 1, pages = 1; number <= pages; number += 1) {
    const page = await readPage(client, question, number, asking);
    if (number > 1 && (page.pages !== pages || page.count !== count))
      throw malformedFrom('datacenter', 'the table changed while its pages were read.');
    if (page.pages > MOST_PAGES) throw malformedFrom('datacenter', `the table has ${page.pages} pages.`);
    ({ pages, count } = page);
    rows.push(...page.data);
    if (page.data.length === 0 && number < pages)
      throw malformedFrom('datacenter', `page ${number} of ${pages} is empty.`);
  }
  if (count !== undefined && rows.length !== count)
    throw malformedFrom('datacenter', `${rows.length} rows of ${count} came.`);
  return rows;
}

interface Page {
  readonly pages: number;
  readonly count: number | undefined;
  readonly data: readonly Cells[];
}

async function readPage(
  client: AkshareClient,
  { report, filter, sortColumns, sortTypes }: DatacenterQuestion,
  number: number,
  asking: Asking,
): Promise<Page> {
  const body = await callAkshare(
    client,
    {
      origin: 'datacenter',
      api: report,
      path: '/api/data/v1/get',
      referer: 'https://data.eastmoney.com/',
      query: {
        reportName: report,
        columns: 'ALL',
        filter,
        sortColumns,
        sortTypes,
        pageSize: String(DATACENTER_PAGE_ROWS),
        pageNumber: String(number),
        source: 'WEB',
        client: 'WEB',
      },
    },
    asking,
  );
  const { success, code, message, result } = readJson('datacenter', utf8Text('datacenter', body), answer);
  if (result) return { pages: result.pages, count: result.count ?? undefined, data: result.data ?? [] };
  if (success || code === NO_ROWS) return { pages: 0, count: undefined, data: [] };
  throw new AppError('upstream_refused', {
    ...upstreamOf('datacenter'),
    api: report,
    upstreamCode: code ?? 0,
    message: (message ?? `code ${code}.`).slice(0, 200).toWellFormed(),
  });
}

/** Days come with a time of midnight behind; null where there is none, undefined where it is no day. */
export function readDayOfTime(cell: unknown): PlainDay | null | undefined {
  if (cell === null || cell === undefined || cell === '') return null;
  const match =
    typeof cell === 'string' ? /^(\d{4}-\d{2}-\d{2})(?:[ T]\d{2}:\d{2}:\d{2}(?:\.\d+)?)?$/.exec(cell) : null;
  return match ? parseDay(match[1] ?? '') : undefined;
}
