import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder with the files given, removed when the test ends. */
export async function temporaryFolder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'replay-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

export const RAW_HEADER =
  'ts_code,trade_date,open,high,low,close,pre_close,volume,amount,turnover_rate,pct_chg,trade_status,is_st,pe_ttm,pb_mrq,ps_ttm';
export const LOTS_HEADER =
  'ts_code,trade_date,open,high,low,close,pre_close,change,pct_chg,vol,amount,adj_factor';
const STOCK_HEADER = 'ts_code,symbol,name,area,industry,market,exchange,list_status,list_date,delist_date';

/** Trading days of the small worlds: Tuesday to Friday, then Monday and Tuesday. */
export const DAYS = [
  '2024-01-02',
  '2024-01-03',
  '2024-01-04',
  '2024-01-05',
  '2024-01-08',
  '2024-01-09',
] as const;

/** A calendar from 1 to 12 January 2024 and a list of two stocks: what every folder needs. */
export function listFiles(): Record<string, string> {
  const open = [...DAYS, '2024-01-10', '2024-01-11', '2024-01-12'];
  const lines = Array.from({ length: 12 }, (_, index) => `2024-01-${String(index + 1).padStart(2, '0')}`).map(
    (day) => {
      const previous = open.filter((other) => other < day).at(-1) ?? '';
      return `SSE,${compact(day)},${open.includes(day) ? 1 : 0},${compact(previous)}`;
    },
  );
  return {
    'trading_calendar.csv': ['exchange,cal_date,is_open,pretrade_date', ...lines, ''].join('\n'),
    'stock_basic.csv': [
      STOCK_HEADER,
      '000001.SZ,000001,平安银行,深圳,银行,主板,SZSE,L,19910403,',
      '600000.SH,600000,浦发银行,上海,银行,主板,SSE,L,19991110,',
      '',
    ].join('\n'),
  };
}

/** A line of raw bars whose prices are all the same. */
export function rawLine(symbol: string, day: string, close: string, preClose: string, status = '1'): string {
  const traded = status === '1' ? '1234567,15432087.5,0.1837,0.8084' : '0,0,,0';
  return `${symbol},${day},${close},${close},${close},${close},${preClose},${traded},${status},0,5.99,0.7,1.9`;
}

/** A line of bars in lots whose prices are all the same. */
export function lotsLine(
  symbol: string,
  day: string,
  close: string,
  preClose: string,
  factor: string,
): string {
  return `${symbol},${compact(day)},${close},${close},${close},${close},${preClose},0.1,0.5,12345.67,15432.09,${factor}`;
}

function compact(day: string): string {
  return day.replaceAll('-', '');
}
