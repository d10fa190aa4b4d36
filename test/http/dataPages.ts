import { dataPageSchema, type DataPage } from '@tapekeeper/contract';
import type { Row } from '@tapekeeper/core';
import type { HttpStand } from './httpStand.ts';

/** One page of a data set; anything but a page is an error that says what came. */
export async function dataPage(stand: HttpStand, url: string): Promise<DataPage> {
  const answer = await stand.get(url);
  if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}: ${answer.payload}`);
  return dataPageSchema.parse(answer.json());
}

/** The rows of all pages, joined; the url has a query already. */
export async function allDataPages(stand: HttpStand, url: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let next: string | null = ''; next !== null;) {
    const page: DataPage = await dataPage(stand, next === '' ? url : `${url}&cursor=${next}`);
    rows.push(...(page.rows as Row[]));
    next = page.next;
  }
  return rows;
}
