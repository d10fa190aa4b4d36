import { compactDay } from '@tapekeeper/core';
import { movedRows } from '../../faults/dataFaults.ts';
import type { Instrument } from '../../world/universe.ts';
import { countParam, type Endpoint, param, type WebCall } from '../endpoint.ts';
import { html, jsonText, type Reply, script } from '../reply.ts';
import { codeOf } from '../spellings.ts';
import type { WebMarket } from '../webMarket.ts';

const LIST = 'COMMON_SSE_CP_GPJCTPZ_GPLB_GP_L';
const MAIN = '1';
const STAR = '8';
const DELISTED = '3';
const LISTED: readonly string[] = ['2', '4', '5', '7', '8'];

/** The list of the Shanghai exchange, and of companies that have left it; only for pages of its own. */
export function sseListEndpoint(): Endpoint {
  return { origin: 'sse', name: 'list', path: /^(\/sseQuery)?\/commonQuery\.do$/, answer };
}

function answer(call: WebCall): Reply {
  const { request, plan } = call;
  if (!/^https?:\/\/([a-z0-9.-]+\.)?sse\.com\.cn(\/|$)/.test(request.header('referer')))
    return html('<html><head><title>403 Forbidden</title></head><body>403 Forbidden</body></html>', 403);
  const size = countParam(request, 'pageHelp.pageSize', 25, plan.pageCap);
  const page = countParam(request, 'pageHelp.pageNo', 1);
  const found = plan.empty || param(request, 'sqlId') !== LIST ? [] : rowsOf(call);
  const offset = (page - 1) * size;
  const shown = movedRows(plan.data, found, offset)
    .slice(offset, offset + size)
    .map((row, index) => ({ ...row, NUM: String(offset + index + 1) }));
  const pageHelp = {
    beginPage: countParam(request, 'pageHelp.beginPage', 1),
    cacheSize: countParam(request, 'pageHelp.cacheSize', 1),
    data: shown,
    endDate: null,
    endPage: countParam(request, 'pageHelp.endPage', 1),
    objectResult: null,
    pageCount: Math.ceil(found.length / size),
    pageNo: page,
    pageSize: size,
    searchDate: null,
    sort: null,
    startDate: null,
    total: found.length,
  };
  const callback = param(request, 'jsonCallBack');
  const body = JSON.stringify({
    actionErrors: [],
    actionMessages: [],
    errorMessages: [],
    errors: {},
    fieldErrors: {},
    isPagination: 'true',
    jsonCallBack: callback === '' ? null : callback,
    locale: 'zh_CN',
    pageHelp,
    result: shown,
    sqlId: param(request, 'sqlId'),
    texts: null,
    type: param(request, 'type'),
    validateCode: '',
  });
  return callback === '' ? jsonText(body) : script(`${callback}(${body})`);
}

function rowsOf({ request, market }: WebCall): Readonly<Record<string, string>>[] {
  const types = param(request, 'STOCK_TYPE').split(',');
  const states = param(request, 'COMPANY_STATUS').split(',');
  const code = param(request, 'STOCK_CODE');
  const stocks = [
    ...(states.some((state) => LISTED.includes(state)) ? market.listed : []),
    ...(states.includes(DELISTED) ? market.delisted : []),
  ];
  return stocks
    .filter(({ symbol }) => symbol.endsWith('.SH') && (code === '' || codeOf(symbol) === code))
    .filter(({ symbol }) => types.includes(market.boardOf(symbol) === 'star' ? STAR : MAIN))
    .map((stock) => rowOf(market, stock));
}

function rowOf(market: WebMarket, stock: Instrument): Readonly<Record<string, string>> {
  const { symbol, name, listDate, delistDate } = stock;
  const cell = (column: string): string => market.cell(stock, column) || '-';
  const star = market.boardOf(symbol) === 'star';
  return {
    A_STOCK_CODE: codeOf(symbol),
    AREA_NAME: '-',
    AREA_NAME_DESC: cell('area'),
    B_STOCK_CODE: '-',
    COMPANY_ABBR: name,
    COMPANY_ABBR_EN: '-',
    COMPANY_CODE: codeOf(symbol),
    CSRC_CODE: '-',
    CSRC_CODE_DESC: cell('industry'),
    DELIST_DATE: delistDate === undefined ? '-' : compactDay(delistDate),
    FULL_NAME: cell('fullname'),
    FULL_NAME_IN_ENGLISH: cell('enname'),
    LIST_BOARD: star ? '2' : '1',
    LIST_DATE: compactDay(listDate),
    PRODUCT_STATUS: '   D  F             ',
    SEC_NAME_CN: name,
    SEC_NAME_FULL: name,
    STATE_CODE: delistDate === undefined ? '2' : DELISTED,
    STOCK_TYPE: star ? STAR : MAIN,
  };
}
