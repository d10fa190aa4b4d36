import { dayNumber, dayOfNumber, type PlainDay } from '@tapekeeper/core';
import { multiply, padDecimals, shiftPoint } from '../world/decimal.ts';
import type { DividendFact } from '../world/facts.ts';
import type { World } from '../world/openWorld.ts';
import { type BaostockQuestion, codeOfSymbol, listed, readYear, symbolOfCode } from './question.ts';
import { BAOSTOCK_REFUSALS, RefusedQuestion } from './refusals.ts';

/** The spaces and tabs are the server's own. */
const FIELDS =
  'code, dividPreNoticeDate, dividAgmPumDate, dividPlanAnnounceDate, dividPlanDate, \tdividRegistDate, ' +
  'dividOperateDate, dividPayDate, dividStockMarketDate, dividCashPsBeforeTax, dividCashPsAfterTax, ' +
  'dividStocksPs, \tdividCashStock, dividReserveToStockPs';

/** What a holder of less than a year is left with where tax is withheld. */
const AFTER_TAX = '0.9';

type Decided = DividendFact & { readonly carriedOut: NonNullable<DividendFact['carriedOut']> };

/** Dividends that are carried out, by the year of the plan's announcement or of the ex-day. */
export function dividendQuestion({ baostock, facts }: World): BaostockQuestion {
  return {
    method: 'query_dividend_data',
    requestType: '13',
    replyType: '14',
    params: ['code', 'year', 'yearType'],
    fields: FIELDS,
    packed: false,
    answer([code = '', yearText = '', yearType = '']) {
      const symbol = symbolOfCode(code);
      const year = readYear(yearText);
      if (yearType !== 'report' && yearType !== 'operate')
        throw new RefusedQuestion(BAOSTOCK_REFUSALS.badParameter);
      const known = baostock.instrument(symbol) === undefined ? [] : facts.dividends(symbol);
      const decided = known.filter((each): each is Decided => each.carriedOut !== undefined);
      const asked = decided.filter(({ announced, carriedOut }) =>
        (yearType === 'report' ? announced : carriedOut.exDay).startsWith(year),
      );
      return listed(asked, (dividend) => dividendLine(codeOfSymbol(symbol), dividend));
    },
  };
}

function dividendLine(code: string, dividend: Decided): readonly string[] {
  const { announced, carriedOut, cash, bonus, transfer } = dividend;
  const before = String(cash);
  const after = withoutZeros(multiply(before, AFTER_TAX, 6));
  return [
    code,
    '',
    meetingDay(announced, carriedOut.announced),
    announced,
    carriedOut.announced,
    carriedOut.recordDay,
    carriedOut.exDay,
    carriedOut.payDay,
    bonus + transfer > 0 ? carriedOut.exDay : '',
    cash > 0 ? before : '',
    cash > 0 ? `${after}或${before}` : '',
    padDecimals(String(bonus), 6),
    wording(dividend, before, after),
    transfer > 0 ? padDecimals(String(transfer), 6) : '',
  ];
}

/** The plan in the words of the exchange, by ten shares: `10派3.2元（含税，扣税后2.88或3.2元）`. */
function wording({ cash, bonus, transfer }: DividendFact, before: string, after: string): string {
  const tenfold = (text: string): string => shiftPoint(text, 1);
  return [
    '10',
    bonus > 0 ? `送${tenfold(String(bonus))}股` : '',
    transfer > 0 ? `转${tenfold(String(transfer))}股` : '',
    cash > 0 ? `派${tenfold(before)}元（含税，扣税后${tenfold(after)}或${tenfold(before)}元）` : '',
  ].join('');
}

/** The meeting of shareholders decides somewhere between the plan and its execution. */
function meetingDay(plan: PlainDay, execution: PlainDay): PlainDay {
  return dayOfNumber(Math.floor((dayNumber(plan) + dayNumber(execution)) / 2));
}

function withoutZeros(text: string): string {
  return shiftPoint(text, 0);
}
