import type { PlainDay, Symbol } from '@tapekeeper/core';
import { z } from 'zod';
import { callAkshare, type AkshareClient, type Asking } from '../client.ts';
import { readDayOfTime } from './datacenter.ts';
import { malformedFrom } from '../hosts.ts';
import { cells, readJson, utf8Text, type Cells } from '../text.ts';

export type Statement = 'income' | 'balance' | 'cashflow';

export const STATEMENTS: readonly Statement[] = ['balance', 'income', 'cashflow'];

const TABLES: Readonly<Record<Statement, string>> = { balance: 'zcfzb', income: 'lrb', cashflow: 'xjllb' };

/** Quarters that one call may name. */
const CALL_PERIODS = 5;

/**
 * Kinds of companies, the most frequent first: general, bank, broker, insurer. Each has statements of its
 * own form, and asked as another kind it has none.
 */
const COMPANY_TYPES = ['4', '3', '1', '2'] as const;
const CANONICAL_TYPE = { '4': '1', '3': '2', '1': '4', '2': '3' } as const;

type CompanyType = (typeof COMPANY_TYPES)[number];

/** The kind of each company that has been found out, so that it is guessed once. */
export type CompanyTypes = Map<Symbol, CompanyType>;

export interface StatementQuestion {
  readonly symbol: Symbol;
  readonly statement: Statement;
  readonly periods: readonly PlainDay[];
}

export interface StatementRows {
  /** In canonical numbers; null where no statement was found. */
  readonly companyType: string | null;
  readonly rows: readonly { readonly period: PlainDay; readonly cells: Cells }[];
}

const answer = z.object({ data: z.array(cells).nullish() });

/** One statement for some quarters, five a call; quarters for which there is none are left out. */
export async function readStatement(
  client: AkshareClient,
  companyTypes: CompanyTypes,
  question: StatementQuestion,
  asking: Asking,
): Promise<StatementRows> {
  const rows: { period: PlainDay; cells: Cells }[] = [];
  for (let at = 0; at < question.periods.length; at += CALL_PERIODS) {
    const group = question.periods.slice(at, at + CALL_PERIODS);
    for (const row of await readGroup(client, companyTypes, { ...question, periods: group }, asking)) {
      const period = readDayOfTime(row['REPORT_DATE']);
      if (!period || !group.includes(period))
        throw malformedFrom('f10', `a statement of ${String(period)} came, which was not asked for.`);
      rows.push({ period, cells: row });
    }
  }
  const known = companyTypes.get(question.symbol);
  return { companyType: known === undefined ? null : CANONICAL_TYPE[known], rows };
}

/** Companies change their kind hardly ever, so that the one found before is tried first. */
async function readGroup(
  client: AkshareClient,
  companyTypes: CompanyTypes,
  question: StatementQuestion,
  asking: Asking,
): Promise<readonly Cells[]> {
  const known = companyTypes.get(question.symbol);
  const types = known === undefined ? COMPANY_TYPES : [known];
  for (const type of types) {
    const data = await readTable(client, type, question, asking);
    if (data.length === 0) continue;
    companyTypes.set(question.symbol, type);
    return data;
  }
  return [];
}

async function readTable(
  client: AkshareClient,
  companyType: CompanyType,
  { symbol, statement, periods }: StatementQuestion,
  asking: Asking,
): Promise<readonly Cells[]> {
  const body = await callAkshare(
    client,
    {
      origin: 'f10',
      api: `${TABLES[statement]}AjaxNew`,
      path: `/PC_HSF10/NewFinanceAnalysis/${TABLES[statement]}AjaxNew`,
      referer: 'https://emweb.securities.eastmoney.com/',
      query: {
        companyType,
        reportDateType: '0',
        reportType: '1',
        dates: periods.join(','),
        code: `${symbol.slice(7)}${symbol.slice(0, 6)}`,
      },
    },
    asking,
  );
  return readJson('f10', utf8Text('f10', body), answer).data ?? [];
}
