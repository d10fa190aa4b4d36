import { strFromU8, unzipSync } from 'fflate';
import { plainDay, shanghaiInstant } from '@tapekeeper/core';
import { expect, test } from 'vitest';
import { form, webClient, webFiles } from '../../../test/askWeb.ts';
import { temporaryFolder } from '../../../test/temporaryFolder.ts';
import { openWorld } from '../../world/openWorld.ts';

/** Cells of the rows of a workbook; empty ones are left out. */
function rowsOf(bytes: Uint8Array): string[][] {
  const parts = unzipSync(bytes);
  const strings = [...strFromU8(parts['xl/sharedStrings.xml']!).matchAll(/<t[^>]*>([^<]*)<\/t>/g)].map(
    ([, text]) => text!,
  );
  const sheet = strFromU8(parts['xl/worksheets/sheet1.xml']!);
  return [...sheet.matchAll(/<row [^>]*>(.*?)<\/row>/g)].map(([, row]) =>
    [...row!.matchAll(/<v>(\d+)<\/v>/g)].map(([, index]) => strings[Number(index)]!),
  );
}

const SZSE = '/szse/api/report';

test('gives the calendar of a month in either spelling, of the present one, and none beyond the file', async () => {
  const client = await webClient({ now: () => shanghaiInstant(plainDay('2024-01-05'), 600) });
  interface Month {
    readonly data: readonly { readonly jyrq: string; readonly jybz: string }[];
    readonly nowdate: string;
  }
  const month = (query: string): Promise<Month> =>
    client.json(`${SZSE}/exchange/onepersistenthour/monthList${query}`);
  const january = await month('?month=2024-01');
  expect(january.nowdate).toBe('2024-01-05');
  expect(january.data.slice(0, 2)).toEqual([
    { jyrq: '2024-01-01', jybz: '0', zrxh: 2 },
    { jyrq: '2024-01-02', jybz: '1', zrxh: 3 },
  ]);
  expect(await month('?month=2024-1')).toEqual(january);
  expect(await month('')).toEqual(january);
  expect((await month('?month=2027-01')).data).toEqual([]);
});

test('gives the Shenzhen list as a workbook of texts', async () => {
  const client = await webClient();
  const { bytes, type } = await client.ask(
    `${SZSE}/ShowReport?SHOWTYPE=xlsx&CATALOGID=1110&TABKEY=tab1&random=0.6`,
  );
  expect(type).toContain('spreadsheetml');
  const [header, ...rows] = rowsOf(bytes);
  expect(header!.slice(0, 9)).toEqual([
    '板块',
    '公司全称',
    '英文名称',
    '注册地址',
    'A股代码',
    'A股简称',
    'A股上市日期',
    'A股总股本',
    'A股流通股本',
  ]);
  expect(rows.map((cells) => [cells[0], cells[2], cells[3], cells[4]])).toEqual([
    ['主板', '000001', '平安银行', '1991-04-03'],
    ['创业板', '300001', '特锐德', '2009-10-30'],
  ]);
  expect(rows[0]![5]).toMatch(/^\d{1,3}(,\d{3})+$/);
});

test('lists delisted companies of both exchanges apart', async () => {
  const files = webFiles();
  const bars = files['bars_daily_raw.csv']!.split('\n')
    .filter((line) => !/^(000001\.SZ|600519\.SH),2024-01-0[89]/.test(line))
    .join('\n');
  const world = await openWorld(await temporaryFolder({ ...files, 'bars_daily_raw.csv': bars }));
  const client = await webClient({ world });
  const { bytes } = await client.ask(
    `${SZSE}/ShowReport?SHOWTYPE=xlsx&CATALOGID=1793_ssgs&TABKEY=tab2&random=0.6`,
  );
  expect(rowsOf(bytes)).toEqual([
    ['证券代码', '证券简称', '上市日期', '终止上市日期'],
    ['000001', '平安银行', '1991-04-03', '2024-01-08'],
  ]);
  const { result } = await client.json<{ result: readonly Record<string, string>[] }>(
    '/sse/commonQuery.do?STOCK_TYPE=1,2,8&COMPANY_STATUS=3&sqlId=COMMON_SSE_CP_GPJCTPZ_GPLB_GP_L&pageHelp.pageSize=500',
    { headers: { referer: 'https://www.sse.com.cn/' } },
  );
  expect(result).toMatchObject([{ COMPANY_CODE: '600519', LIST_DATE: '20010827', DELIST_DATE: '20240108' }]);
});

test('gives changed names newest first', async () => {
  const client = await webClient();
  const { bytes } = await client.ask(
    `${SZSE}/ShowReport?SHOWTYPE=xlsx&CATALOGID=SSGSGMXX&TABKEY=tab2&random=0.6`,
  );
  const [header, ...rows] = rowsOf(bytes);
  expect(header).toEqual(['变更日期', '证券代码', '证券简称', '变更前简称', '变更后简称']);
  const days = rows.map(([day]) => day!);
  expect(days).toEqual(days.toSorted().reverse());
});

test('gives the Shanghai list to its own pages only, by type and page', async () => {
  const client = await webClient();
  const path = '/sse/sseQuery/commonQuery.do?COMPANY_STATUS=2,4,5,7,8&sqlId=COMMON_SSE_CP_GPJCTPZ_GPLB_GP_L';
  expect((await client.ask(`${path}&STOCK_TYPE=1`)).status).toBe(403);
  const headers = { referer: 'https://www.sse.com.cn/assortment/stock/list/share/' };
  const list = async (query: string): Promise<readonly Record<string, string>[]> =>
    (await client.json<{ result: readonly Record<string, string>[] }>(`${path}&${query}`, { headers }))
      .result;
  const main = await list('STOCK_TYPE=1&pageHelp.pageSize=10000&pageHelp.pageNo=1');
  expect(main).toMatchObject([
    {
      A_STOCK_CODE: '600000',
      SEC_NAME_CN: '浦发银行',
      FULL_NAME: '上海浦东发展银行股份有限公司',
      LIST_DATE: '19991110',
    },
    { A_STOCK_CODE: '600519', DELIST_DATE: '-' },
  ]);
  expect(await list('STOCK_TYPE=8&pageHelp.pageSize=10000')).toMatchObject([{ A_STOCK_CODE: '688001' }]);
  expect(await list('STOCK_TYPE=1&pageHelp.pageSize=1&pageHelp.pageNo=2')).toMatchObject([
    { A_STOCK_CODE: '600519' },
  ]);
  expect((await client.ask(`${path}&STOCK_TYPE=8&jsonCallBack=cb1`, { headers })).text).toMatch(
    /^cb1\(\{.*\}\)$/,
  );
});

test('gives the Beijing list as a call of null, in pages from 0', async () => {
  const client = await webClient();
  const ask = async (page: string): Promise<string> =>
    (
      await client.ask(
        '/bse/nqxxController/nqxxCnzq.do',
        form({ page, typejb: 'T', 'xxfcbj[]': '2', xxzqdm: '', sortfield: 'xxzqdm', sorttype: 'asc' }),
      )
    ).text;
  const text = await ask('0');
  expect(text).toMatch(/^null\(\[\{.*\}\]\)$/);
  expect(JSON.parse(text.slice(text.indexOf('['), -1))).toMatchObject([
    {
      totalPages: 1,
      totalElements: 1,
      firstPage: true,
      lastPage: true,
      content: [
        { xxzqdm: '920001', xxzqjc: '纬达光电', fxssrq: '20221227', xxhyzl: '元器件', xxssdq: '广东' },
      ],
    },
  ]);
  expect(await ask('1')).toContain('"content":[]');
});
