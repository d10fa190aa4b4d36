import { builtinCalendar, plainDay, shanghaiInstant, symbolOf, type DatasetId } from '@tapekeeper/core';
import type { Question } from '../../packages/server/src/ports/source.ts';
import type { AkshareCall } from './akshareStand.ts';
import { calendarLetters } from './sinaLetters.ts';
import { workbookOf } from './workbook.ts';

const DAY = plainDay('2024-01-05');
const RANGE = { from: plainDay('2024-01-02'), to: DAY };
const SYMBOL = symbolOf('600519.SH');

/** A question, the rows that it comes to, and the origin whose body is what it is about. */
export interface AkshareCase {
  readonly question: Question;
  readonly rows: number;
  readonly origin: string;
  /** Origins that fail, so that the way leads past them. */
  readonly failing?: readonly string[];
}

const all = (dataset: DatasetId): Question => ({ shape: 'all', dataset, ...RANGE });
const day = (dataset: DatasetId, on = DAY): Question => ({ shape: 'day', dataset, day: on });
const symbol = (dataset: DatasetId): Question => ({ shape: 'symbol', dataset, symbol: SYMBOL, ...RANGE });

/** Every body that is read, in a small form. */
export const AKSHARE_CASES: readonly AkshareCase[] = [
  { question: all('index_basics'), rows: 2, origin: 'push2' },
  { question: all('quotes'), rows: 2, origin: 'push2' },
  { question: all('quotes'), rows: 2, origin: 'sina_hq', failing: ['push2'] },
  { question: all('quotes'), rows: 2, origin: 'tencent', failing: ['push2', 'sina_hq'] },
  { question: all('quotes'), rows: 2, origin: 'sina_list', failing: ['push2', 'sina_hq', 'tencent'] },
  { question: all('stock_basics'), rows: 3, origin: 'push2' },
  { question: all('stock_basics'), rows: 4, origin: 'sse', failing: ['push2'] },
  { question: all('stock_basics'), rows: 4, origin: 'szse', failing: ['push2'] },
  { question: all('stock_basics'), rows: 4, origin: 'bse', failing: ['push2'] },
  { question: all('trade_calendar'), rows: 12, origin: 'sina' },
  { question: all('trade_calendar'), rows: 12, origin: 'szse', failing: ['sina'] },
  { question: symbol('daily_bars'), rows: 2, origin: 'push2his' },
  { question: symbol('daily_bars'), rows: 2, origin: 'tencent_kline', failing: ['push2his'] },
  { question: symbol('minute_bars'), rows: 1, origin: 'push2his' },
  { question: symbol('adj_factors'), rows: 4, origin: 'sina' },
  {
    question: {
      ...RANGE,
      shape: 'symbol',
      dataset: 'financials',
      symbol: SYMBOL,
      from: plainDay('2023-12-31'),
    },
    rows: 4,
    origin: 'f10',
  },
  {
    question: {
      ...RANGE,
      shape: 'symbol',
      dataset: 'financials',
      symbol: SYMBOL,
      from: plainDay('2023-12-31'),
    },
    rows: 4,
    origin: 'datacenter',
  },
  { question: day('dividends', plainDay('2023-12-31')), rows: 1, origin: 'datacenter' },
  { question: day('suspensions'), rows: 1, origin: 'datacenter' },
  { question: all('name_changes'), rows: 1, origin: 'szse' },
  { question: symbol('news'), rows: 1, origin: 'emsearch' },
  { question: day('announcements'), rows: 1, origin: 'cninfo' },
  { question: day('announcements'), rows: 1, origin: 'emnotice', failing: ['cninfo'] },
];

const QUOTE = {
  f2: 50.5,
  f3: 1,
  f5: 100,
  f6: 505000,
  f8: 0.1,
  f9: '-',
  f13: 1,
  f14: '茅台',
  f15: 51,
  f16: 50,
  f17: 50,
  f18: 50,
  f20: 5e9,
  f21: 5e9,
  f23: 1.5,
  f26: 20010827,
  f124: shanghaiInstant(DAY, 900) / 1000,
};
const LISTED = [
  { ...QUOTE, f12: '600519' },
  { ...QUOTE, f12: '000001', f13: 0 },
];
const BAR = '1660.0,1676.6,1680.0,1650.0,30000,5000000000.00,1.8,1.0,16.6,0.24';
const WEB_BAR = (on: string) => [on, '1660.0', '1676.6', '1680.0', '1650.0', '30000', {}, '0.24', '500000.5'];

const SINA_LIST = ['sh600519', 'sz000001'].map((code) => ({
  symbol: code,
  trade: '50.500',
  open: '50.0',
  high: '51.0',
  low: '50.0',
  settlement: '50.0',
  volume: 100,
  amount: 5050,
  changepercent: 1,
  ticktime: '15:00:01',
  mktcap: 500000,
}));

const WEB_BARS = ['2024-01-02', '2024-01-03', '2024-01-04'].map(WEB_BAR);
const BEIJING = [{ xxzqdm: '920163', xxzqjc: '方大', fxssrq: '20200727' }];
const SINA_QUOTE = `X,50.0,50.0,50.5,51.0,50.0,50.4,50.5,100,5050.0,${'0,'.repeat(20)}2024-01-05,15:00:01,00`;
const TENCENT_QUOTE = `1~X~1~50.5~50~50~100~${'~'.repeat(22)}~20240105150001~~~51~50~50.5/100/505000~`;

const NEWS = { date: '2024-01-05 19:40:15', code: '1', title: '题', content: '文', mediaName: '报' };
const NOTICE = {
  art_code: 'AN1',
  title: '公告',
  notice_date: '2024-01-05 00:00:00',
  display_time: '2024-01-04 18:01:05:123',
  codes: [{ stock_code: '600519', short_name: '茅台' }],
  columns: [{ column_name: '回购' }],
};
const FILING = {
  secCode: '600519',
  secName: '茅台',
  announcementId: '1',
  announcementTitle: '公告',
  announcementTime: shanghaiInstant(DAY, 60),
  adjunctUrl: 'a.PDF',
};
const REPORT = {
  SECURITY_CODE: '600519',
  REPORTDATE: '2023-12-31 00:00:00',
  REPORT_DATE: '2023-12-31 00:00:00',
  NOTICE_DATE: '2024-04-03 00:00:00',
  UPDATE_DATE: '2024-04-03 00:00:00',
};
const TABLES: Record<string, object> = {
  RPT_LICO_FN_CPD: { ...REPORT, BASIC_EPS: 1.5, WEIGHTAVG_ROE: 10.5 },
  RPT_SHAREBONUS_DET: {
    ...REPORT,
    PLAN_NOTICE_DATE: '2024-04-03',
    ASSIGN_PROGRESS: '实施',
    PRETAX_BONUS_RMB: 3.5,
    TOTAL_SHARES: 100,
  },
  RPT_CUSTOM_SUSPEND_DATA_INTERFACE: {
    SECURITY_CODE: '600519',
    SUSPEND_START_TIME: '2024-01-04 09:30:00',
    SUSPEND_START_DATE: '2024-01-04 00:00:00',
    SUSPEND_REASON: '重大',
  },
};
const CALENDAR = calendarLetters(
  builtinCalendar().tradingDays(plainDay('1990-12-19'), plainDay('2024-12-31')),
);

/** The body that one of the origins answers a call with. */
export function bodyOf({ origin, path, query, form }: AkshareCall): string | Buffer {
  const json = (value: unknown) => JSON.stringify(value);
  switch (origin) {
    case 'push2':
      return json({ rc: 0, data: { total: 2, diff: LISTED } });
    case 'push2his': {
      const at = query['klt'] === '5' ? ['2024-01-03 09:35'] : ['2024-01-03', '2024-01-04'];
      return json({ rc: 0, data: { code: '600519', klines: at.map((moment) => `${moment},${BAR}`) } });
    }
    case 'tencent_kline':
      return `kline_day=${json({ code: 0, data: { sh600519: { day: WEB_BARS } } })}`;
    case 'sina':
      return path.endsWith('hfq.js')
        ? `var sh600519hfq=${json({
            total: 2,
            data: [
              { d: '2024-01-04', f: '2.5' },
              { d: '1900-01-01', f: '1.0' },
            ],
          })}`
        : `var datelist="${CALENDAR}";var KLC_TD_SH=datelist;`;
    case 'sina_hq':
      return quoteLines(path, 'var hq_str_', SINA_QUOTE);
    case 'tencent':
      return quoteLines(path, 'v_', TENCENT_QUOTE);
    case 'sina_list':
      return path.endsWith('Count') ? '"2"' : json(SINA_LIST);
    case 'sse':
      if (query['COMPANY_STATUS'] === '3')
        return json({
          result: [
            { COMPANY_CODE: '600001', COMPANY_ABBR: '邯郸', LIST_DATE: '19980122', DELIST_DATE: '20091229' },
          ],
        });
      return json({
        result:
          query['STOCK_TYPE'] === '1'
            ? [{ A_STOCK_CODE: '600519', SEC_NAME_CN: '茅台', LIST_DATE: '20010827' }]
            : [],
      });
    case 'szse':
      return shenzhen(path, query);
    case 'bse':
      return `null(${json([{ totalPages: 1, content: form['page'] === '0' ? BEIJING : [] }])})`;
    case 'datacenter':
      return json({
        success: true,
        code: 0,
        result: { pages: 1, count: 1, data: [TABLES[query['reportName'] ?? '']] },
      });
    case 'f10':
      return json({ data: [{ ...REPORT, TOTAL_ASSETS: 1.5, NETPROFIT: 2.5 }] });
    case 'emsearch':
      return `news(${json({ result: { cmsArticleWebOld: [NEWS] } })})`;
    case 'cninfo':
      return json({ totalAnnouncement: 1, announcements: [FILING] });
    case 'emnotice':
      return json({ data: { total_hits: 1, list: [NOTICE] } });
    default:
      return '';
  }
}

function shenzhen(path: string, query: Readonly<Record<string, string>>): string | Buffer {
  if (path.endsWith('monthList')) {
    const name = query['month'] ?? '';
    const days = Array.from({ length: 31 }, (_, at) => `${name}-${String(at + 1).padStart(2, '0')}`);
    const open = builtinCalendar();
    return JSON.stringify({
      data: days.map((on) => ({ jyrq: on, jybz: open.isOpen(plainDay(on)) ? '1' : '0' })),
    });
  }
  if (query['CATALOGID'] === '1110')
    return workbookOf([
      ['A股代码', 'A股简称', 'A股上市日期'],
      ['1', '平安', '1991-04-03'],
    ]);
  if (query['CATALOGID'] === '1793_ssgs')
    return workbookOf([
      ['证券代码', '证券简称', '上市日期', '终止上市日期'],
      ['900001', '无', '', ''],
    ]);
  return workbookOf([
    ['变更日期', '证券代码', '变更后简称'],
    ['2024-01-03', '1', '平安银行'],
  ]);
}

/** Quotes of the first two codes; the others have none. */
function quoteLines(path: string, prefix: string, quote: string): string {
  const codes = path.slice(path.indexOf('=') + 1).split(',');
  return codes.map((code, at) => `${prefix}${code}="${at > 1 ? '' : quote}";`).join('\n');
}
