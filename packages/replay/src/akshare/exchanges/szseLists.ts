import type { PlainDay } from '@tapekeeper/core';
import type { Instrument } from '../../world/universe.ts';
import { type Endpoint, param, type WebCall } from '../endpoint.ts';
import { json, type Reply, xlsxFile } from '../reply.ts';
import { codeOf } from '../spellings.ts';
import type { WebMarket } from '../webMarket.ts';
import { writeXlsx } from '../xlsx.ts';

type Rows = readonly (readonly string[])[];

interface Sheet {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: (market: WebMarket) => Rows;
}

const LIST_HEADER = [
  '板块',
  '公司全称',
  '英文名称',
  '注册地址',
  'A股代码',
  'A股简称',
  'A股上市日期',
  'A股总股本',
  'A股流通股本',
  'B股代码',
  'B股 简 称',
  'B股上市日期',
  'B股总股本',
  'B股流通股本',
  '地      区',
  '省    份',
  '城     市',
  '所属行业',
  '公司网址',
];

/** Sheets by catalogue and tab. */
const SHEETS: Readonly<Record<string, Sheet>> = {
  '1110/tab1': { title: 'A股列表', header: LIST_HEADER, rows: listRows },
  '1793_ssgs/tab1': {
    title: '暂停上市公司',
    header: ['证券代码', '证券简称', '上市日期', '暂停上市日期'],
    rows: () => [],
  },
  '1793_ssgs/tab2': {
    title: '终止上市公司',
    header: ['证券代码', '证券简称', '上市日期', '终止上市日期'],
    rows: delistedRows,
  },
  'SSGSGMXX/tab1': {
    title: '全称变更',
    header: ['变更日期', '证券代码', '证券简称', '变更前全称', '变更后全称'],
    rows: () => [],
  },
  'SSGSGMXX/tab2': {
    title: '简称变更',
    header: ['变更日期', '证券代码', '证券简称', '变更前简称', '变更后简称'],
    rows: nameRows,
  },
};

/** Lists of the Shenzhen exchange as workbooks: shares, delisted companies, changed names. */
export function szseListsEndpoint(): Endpoint {
  return { origin: 'szse', name: 'report', path: /^\/api\/report\/ShowReport$/, answer };
}

function answer({ request, market, plan }: WebCall): Reply {
  const key = `${param(request, 'CATALOGID')}/${param(request, 'TABKEY')}`;
  const sheet = Object.hasOwn(SHEETS, key) ? SHEETS[key] : undefined;
  if (sheet === undefined || param(request, 'SHOWTYPE').toLowerCase() !== 'xlsx') return json([]);
  const rows = plan.empty ? [] : sheet.rows(market);
  const most = plan.pageCap ?? rows.length;
  return xlsxFile(writeXlsx(sheet.title, [sheet.header, ...rows.slice(0, most)]), sheet.title);
}

function listRows(market: WebMarket): Rows {
  return shenzhen(market.listed).map((stock) => {
    const { symbol, name, listDate } = stock;
    const shares = market.facts.shares(symbol, market.market.lastDay);
    const cell = (column: string): string => market.cell(stock, column);
    return [
      market.boardOf(symbol) === 'chinext' ? '创业板' : '主板',
      cell('fullname'),
      cell('enname'),
      '',
      codeOf(symbol),
      name,
      listDate,
      grouped(shares.total),
      grouped(shares.float),
      '',
      '',
      '',
      '0',
      '0',
      '',
      cell('area'),
      '',
      cell('industry'),
      '',
    ];
  });
}

function delistedRows(market: WebMarket): Rows {
  return shenzhen(market.delisted).map(({ symbol, name, listDate, delistDate }) => [
    codeOf(symbol),
    name,
    listDate,
    delistDate ?? '',
  ]);
}

/** One row for each change of a short name, newest first. */
function nameRows(market: WebMarket): Rows {
  const changes = shenzhen([...market.listed, ...market.delisted]).flatMap(({ symbol, name }) => {
    const names = market.facts.names(symbol);
    return names
      .slice(1)
      .map(({ from, name: after }, index): readonly [PlainDay, string, string, string, string] => [
        from,
        codeOf(symbol),
        name,
        names[index]!.name,
        after,
      ]);
  });
  return changes.sort((a, b) => (a[0] === b[0] ? (a[1] < b[1] ? -1 : 1) : a[0] < b[0] ? 1 : -1));
}

function shenzhen(stocks: readonly Instrument[]): Instrument[] {
  return stocks.filter(({ symbol }) => symbol.endsWith('.SZ')).sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

/** `19,405,918,198`. */
function grouped(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
