import { plainDay, symbolOf } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import {
  serveAkshare,
  type AkshareCall,
  type AkshareReply,
} from '../../../../../../test/conformance/akshareStand.ts';
import { failureOf } from '../../../../../../test/conformance/failure.ts';
import type { AskContext, Question } from '../../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const question = (from: string, to: string): Question => ({
  shape: 'symbol',
  dataset: 'financials',
  symbol: symbolOf('600519.SH'),
  from: plainDay(from),
  to: plainDay(to),
});
const PERIODS = ['2024-03-31', '2023-12-31', '2023-09-30', '2023-06-30', '2023-03-31', '2022-12-31'];

const indicator = (period: string) => ({
  SECURITY_CODE: '600519',
  REPORTDATE: `${period} 00:00:00`,
  NOTICE_DATE: '2024-04-27 00:00:00',
  UPDATE_DATE: '2024-04-27 00:00:00',
  BASIC_EPS: 19.16,
  TOTAL_OPERATE_INCOME: 46484869787.17,
  PARENT_NETPROFIT: 24065275706.97,
  WEIGHTAVG_ROE: 10.57,
  YSTZ: 18.04,
  SJLTZ: '-',
  XSMLL: 92.6,
});

const statement = (period: string, cells: object) => ({
  SECUCODE: '600519.SH',
  REPORT_DATE: `${period} 00:00:00`,
  NOTICE_DATE: '2024-04-27 00:00:00',
  UPDATE_DATE: '2025-04-26 00:00:00',
  ...cells,
});

const CELLS: Record<string, object> = {
  zcfzbAjaxNew: {
    TOTAL_ASSETS: 300.5,
    TOTAL_LIABILITIES: 100.25,
    TOTAL_EQUITY: 200.25,
    MONETARYFUNDS: 9,
    EMPTY: null,
  },
  lrbAjaxNew: { OPERATE_INCOME: 46.5, NETPROFIT: 24.5, OPERATE_INCOME_YOY: 18.04 },
  xjllbAjaxNew: { NETCASH_OPERATE: 9.5 },
};

/** A company of the type asked for by all but the right number gives no data. */
function company(type: string, periods = PERIODS) {
  return ({ origin, path, query }: AkshareCall): AkshareReply => {
    if (origin === 'datacenter')
      return {
        success: true,
        code: 0,
        result: { pages: 1, count: periods.length, data: periods.map(indicator) },
      };
    if (query['companyType'] !== type) return { $type: '1' };
    const cells = CELLS[path.split('/').at(-1) ?? ''] ?? {};
    return { pages: 1, data: (query['dates'] ?? '').split(',').map((period) => statement(period, cells)) };
  };
}

async function ask(reply: (call: AkshareCall) => AkshareReply, asked = question('2023-12-31', '2024-03-31')) {
  const { source, calls } = await serveAkshare(reply);
  const akshare = source();
  const answer = await akshare.ask(asked, FREE);
  return { rows: answer.batches[0]?.rows ?? [], answer, calls, again: () => akshare.ask(asked, FREE) };
}

describe('reports of Eastmoney', () => {
  it('are indicators and three statements for each quarter of the range', async () => {
    const { rows, calls } = await ask(company('4'));
    expect(rows.map((row) => `${String(row['period'])} ${String(row['statement'])}`)).toEqual([
      '2024-03-31 indicators',
      '2023-12-31 indicators',
      '2024-03-31 balance',
      '2023-12-31 balance',
      '2024-03-31 income',
      '2023-12-31 income',
      '2024-03-31 cashflow',
      '2023-12-31 cashflow',
    ]);
    expect(rows[0]).toMatchObject({
      ann_date: '2024-04-27',
      f_ann_date: null,
      roe: 10.57,
      net_profit_yoy: null,
      company_type: null,
    });
    expect(rows[2]).toMatchObject({
      total_assets: 300.5,
      cash: 9,
      revenue: null,
      ann_date: '2025-04-26',
      update_flag: '1',
      company_type: '1',
    });
    expect(JSON.parse(String(rows[2]?.['items']))).not.toHaveProperty('EMPTY');
    expect(rows[4]).toMatchObject({ revenue: 46.5, net_profit: 24.5, report_type: '1', update_flag: '1' });
    expect(calls[1]).toMatchObject({
      path: 'PC_HSF10/NewFinanceAnalysis/zcfzbAjaxNew',
      query: { companyType: '4', reportType: '1', dates: '2024-03-31,2023-12-31', code: 'SH600519' },
    });
  });

  it.each([
    ['3', 2, '2'],
    ['1', 3, '4'],
    ['2', 4, '3'],
  ])('of a company of type %s take %d guesses, once', async (type, guesses, canonical) => {
    const { rows, answer, again } = await ask(company(type));
    expect([answer.calls, rows[2]?.['company_type']]).toEqual([1 + guesses + 2, canonical]);
    expect((await again()).calls).toBe(4);
  });

  it('are asked for five quarters at a time', async () => {
    const { answer } = await ask(company('4'), question('2022-12-31', '2024-03-31'));
    expect([answer.calls, answer.batches[0]?.rows.length]).toEqual([1 + 6, 24]);
  });

  it('are none where no quarter of the range is known, and no statement is asked for', async () => {
    const { rows, calls } = await ask(company('4', ['2020-12-31']));
    expect([rows, calls.length]).toEqual([[], 1]);
  });

  it('are set aside where they cannot be read', async () => {
    const { answer } = await ask((call) => {
      if (call.origin === 'datacenter') {
        const odd = [
          indicator('2024-03-31'),
          { ...indicator('2023-12-31'), NOTICE_DATE: null },
          { ...indicator('2023-12-31'), BPS: 'x' },
        ];
        return {
          success: true,
          result: { pages: 1, data: [...odd, { ...indicator('2023-12-31'), SECURITY_CODE: '600520' }] },
        };
      }
      return { $type: '1' };
    });
    expect([answer.batches[0]?.rows.length, answer.unreadable.length]).toEqual([1, 3]);
  });

  it('of a quarter that was not asked for are malformed', async () => {
    const reply = (call: AkshareCall) =>
      call.origin === 'f10' ? { data: [statement('2020-12-31', {})] } : company('4')(call);
    expect((await failureOf(ask(reply))).code).toBe('malformed');
  });
});
