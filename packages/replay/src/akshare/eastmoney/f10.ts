import { parseDay, type PlainDay, type Symbol } from '@tapekeeper/core';
import type { Instrument } from '../../world/universe.ts';
import { type Endpoint, param, type WebCall, type WebRequest } from '../endpoint.ts';
import { html, json, type Reply } from '../reply.ts';
import { codeOf, symbolOfPrefixed } from '../spellings.ts';
import type { WebMarket } from '../webMarket.ts';
import { latestReports, type LatestReport } from './latestReports.ts';
import { midnight } from './labels.ts';
import { type CompanyType, statementColumns, type StatementId } from './statementColumns.ts';

const MOST_DATES = 5;
const PERIOD_NAMES: Readonly<Record<string, string>> = {
  '03-31': '一季报',
  '06-30': '中报',
  '09-30': '三季报',
  '12-31': '年报',
};
const ORGANISATIONS: Readonly<Record<CompanyType, string>> = {
  '1': '证券',
  '2': '保险',
  '3': '银行',
  '4': '通用',
};
const CUMULATIVE = '1';

/** The page that says a stock's company type, the dates of its reports, and its three statements. */
export function f10Endpoints(): readonly Endpoint[] {
  const asked = (request: WebRequest): { symbols: readonly string[]; day: string | undefined } => {
    const dates = param(request, 'dates').split(',');
    return {
      symbols: [symbolOfPrefixed(param(request, 'code')) ?? []].flat(),
      day: dates.length === 1 ? parseDay(dates[0]!) : undefined,
    };
  };
  const base = '^/PC_HSF10/NewFinanceAnalysis';
  return [
    { origin: 'f10', name: 'index', path: new RegExp(`${base}/Index$`), asked, answer: indexPage },
    {
      origin: 'f10',
      name: 'dates',
      path: new RegExp(`${base}/(zcfzb|lrb|xjllb)DateAjaxNew$`),
      asked,
      answer: dateList,
    },
    {
      origin: 'f10',
      name: 'statements',
      path: new RegExp(`${base}/(zcfzb|lrb|xjllb)AjaxNew$`),
      asked,
      answer: statements,
    },
  ];
}

function indexPage({ request, market }: WebCall): Reply {
  const stock = stockOf(request, market);
  if (stock === undefined) return html('<html><body>404</body></html>', 404);
  return html(
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>财务分析</title></head><body>' +
      `<input id="hidctype" type="hidden" value="${companyTypeOf(market, stock)}">` +
      `<input id="hidcode" type="hidden" value="${param(request, 'code')}"></body></html>`,
  );
}

function dateList(call: WebCall): Reply {
  const found = reportsFor(call);
  if (found === undefined) return nothing();
  const { stock, reports } = found;
  const data = reports.map(({ report: { period } }) => ({ ...names(stock, period) }));
  return json({ pages: 1, data, count: data.length });
}

function statements(call: WebCall): Reply {
  const found = reportsFor(call);
  const id = /(zcfzb|lrb|xjllb)AjaxNew$/.exec(call.request.path)?.[1] as StatementId;
  if (found === undefined || param(call.request, 'reportType') !== CUMULATIVE) return nothing();
  const { stock, type, reports } = found;
  const dates = param(call.request, 'dates').split(',').slice(0, MOST_DATES);
  const data = reports
    .filter(({ report: { period } }) => dates.includes(period))
    .map(({ report, firstAnnounced }) => {
      const yearBefore = reports.find((other) => other.report.period === sameDayYearBefore(report.period));
      return {
        ...names(stock, report.period),
        ORG_CODE: `1000${codeOf(stock.symbol)}`,
        ORG_TYPE: ORGANISATIONS[type],
        SECURITY_TYPE_CODE: '058001001',
        NOTICE_DATE: midnight(firstAnnounced),
        UPDATE_DATE: midnight(report.announced),
        CURRENCY: 'CNY',
        ...statementColumns(id, type, report, yearBefore?.report),
      };
    });
  return data.length === 0 ? nothing() : json({ pages: 1, data, count: data.length });
}

/** What an unknown stock gets, and one whose company type is another than the one asked for. */
function nothing(): Reply {
  return json({ $type: '1' });
}

interface Found {
  readonly stock: Instrument;
  readonly type: CompanyType;
  /** Newest first; of years only where those are asked for. */
  readonly reports: readonly LatestReport[];
}

function reportsFor({ request, market, plan }: WebCall): Found | undefined {
  const stock = stockOf(request, market);
  if (stock === undefined || plan.empty) return undefined;
  const type = companyTypeOf(market, stock);
  if (param(request, 'companyType') !== type) return undefined;
  const reports = latestReports(market.facts.reports(stock.symbol));
  const annual = param(request, 'reportDateType') === '1';
  return {
    stock,
    type,
    reports: annual ? reports.filter(({ report }) => report.period.endsWith('12-31')) : reports,
  };
}

function stockOf(request: WebRequest, market: WebMarket): Instrument | undefined {
  const symbol: Symbol | undefined = symbolOfPrefixed(param(request, 'code'));
  return symbol === undefined ? undefined : market.stock(symbol);
}

function companyTypeOf(market: WebMarket, stock: Instrument): CompanyType {
  const industry = market.cell(stock, 'industry');
  if (industry.includes('银行')) return '3';
  if (industry.includes('证券')) return '1';
  return industry.includes('保险') ? '2' : '4';
}

function names(stock: Instrument, period: PlainDay): Readonly<Record<string, string>> {
  const name = PERIOD_NAMES[period.slice(5)] ?? '';
  return {
    SECUCODE: stock.symbol,
    SECURITY_CODE: codeOf(stock.symbol),
    SECURITY_NAME_ABBR: stock.name,
    REPORT_DATE: midnight(period),
    REPORT_TYPE: name,
    REPORT_DATE_NAME: `${period.slice(0, 4)}${name}`,
  };
}

function sameDayYearBefore(period: PlainDay): string {
  return `${Number(period.slice(0, 4)) - 1}${period.slice(4)}`;
}
