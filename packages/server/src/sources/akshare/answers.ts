import { type DatasetId, type Symbol } from '@tapekeeper/core';
import type { Question } from '../../ports/source.ts';
import { readCninfo } from './cninfo/announcements.ts';
import type { AkshareClient, Asking } from './client.ts';
import { readDividends, type DayQuestion } from './eastmoney/dividends.ts';
import { readEastmoneyBars, type SymbolQuestion } from './eastmoney/kline.ts';
import { readEastmoneyNotices } from './eastmoney/notices.ts';
import { readFinancials } from './eastmoney/financials.ts';
import type { Found } from './gathering.ts';
import { readEastmoneyIndices } from './eastmoney/indexBasics.ts';
import { readNameChanges } from './exchanges/nameChanges.ts';
import { readEastmoneyNews } from './eastmoney/news.ts';
import { readPrefixedQuotes, SINA_QUOTES, TENCENT_QUOTES, type PrefixedQuotes } from './prefixedQuotes.ts';
import { readEastmoneyQuotes } from './eastmoney/quotes.ts';
import type { Route } from './routes.ts';
import type { TradingDays } from './session.ts';
import { readSinaFactors } from './sina/factors.ts';
import { readSinaList } from './sina/list.ts';
import type { CompanyTypes } from './eastmoney/statements.ts';
import { readEastmoneyStocks, readListedSymbols, readOfficialStocks } from './stockBasics.ts';
import { readSuspensions } from './eastmoney/suspensions.ts';
import { readTencentBars } from './tencent/kline.ts';
import {
  monthsOf,
  MOST_MONTHS,
  readSinaCalendar,
  readSzseCalendar,
  type AllQuestion,
} from './tradeCalendar.ts';

/** What a source keeps between questions. */
export interface AkshareState {
  readonly client: AkshareClient;
  readonly tradingDays: TradingDays;
  readonly pageRows: number;
  readonly companyTypes: CompanyTypes;
  /** Stocks last seen on a list: whom services are asked about that quote only symbols they are told. */
  listed: readonly Symbol[];
}

type Ways<Q> = (state: AkshareState, question: Q, asking: Asking) => readonly Route<Found>[];
type WaysByDataset<Q> = Readonly<Partial<Record<DatasetId, Ways<Q>>>>;

/** The ways to an answer, the best first. Callers have made sure that the question is one that is served. */
export function routesTo(state: AkshareState, question: Question, asking: Asking): readonly Route<Found>[] {
  switch (question.shape) {
    case 'symbol':
      return OF_SYMBOL[question.dataset]?.(state, question, asking) ?? [];
    case 'day':
      return OF_DAY[question.dataset]?.(state, question, asking) ?? [];
    case 'all':
      return OF_ALL[question.dataset]?.(state, question, asking) ?? [];
  }
}

const bars: Ways<SymbolQuestion> = ({ client }, question, asking) => [
  () => readEastmoneyBars(client, question, asking),
  () => readTencentBars(client, question, asking),
];

const OF_SYMBOL: WaysByDataset<SymbolQuestion> = {
  daily_bars: bars,
  index_bars: bars,
  minute_bars: ({ client }, question, asking) => [() => readEastmoneyBars(client, question, asking)],
  adj_factors: ({ client, tradingDays }, question, asking) => [
    () => readSinaFactors(client, tradingDays, question, asking),
  ],
  financials: ({ client, companyTypes }, question, asking) => [
    () => readFinancials(client, companyTypes, question, asking),
  ],
  news: ({ client }, question, asking) => [() => readEastmoneyNews(client, question, asking)],
};

const OF_DAY: WaysByDataset<DayQuestion> = {
  dividends: ({ client }, question, asking) => [() => readDividends(client, question, asking)],
  suspensions: ({ client }, question, asking) => [() => readSuspensions(client, question, asking)],
  announcements: ({ client }, question, asking) => [
    () => readCninfo(client, question, asking),
    () => readEastmoneyNotices(client, question, asking),
  ],
};

const OF_ALL: WaysByDataset<AllQuestion> = {
  stock_basics: (state, _, asking) => [
    () => remembered(state, readEastmoneyStocks(state.client, asking, state.pageRows)),
    () => remembered(state, readOfficialStocks(state.client, asking)),
  ],
  index_basics: ({ client, pageRows }, _, asking) => [() => readEastmoneyIndices(client, asking, pageRows)],
  trade_calendar: ({ client }, question, asking) => {
    const whole = () => readSinaCalendar(client, question, asking);
    const months = () => readSzseCalendar(client, question, asking);
    return monthsOf(question).length <= MOST_MONTHS ? [whole, months] : [whole];
  },
  quotes: (state, question, asking) => [
    () => readEastmoneyQuotes(state, question, asking, state.pageRows),
    () => readToldQuotes(state, SINA_QUOTES, question, asking),
    () => readToldQuotes(state, TENCENT_QUOTES, question, asking),
    () => readSinaList(state, question, asking),
  ],
  name_changes: ({ client }, question, asking) => [() => readNameChanges(client, question, asking)],
};

async function readToldQuotes(
  state: AkshareState,
  quotes: PrefixedQuotes,
  question: AllQuestion,
  asking: Asking,
): Promise<Found> {
  if (state.listed.length === 0) state.listed = await readListedSymbols(state.client, asking);
  return readPrefixedQuotes(state.client, quotes, state.listed, question, asking);
}

async function remembered(state: AkshareState, reading: Promise<Found>): Promise<Found> {
  const found = await reading;
  const listed = found.rows.filter((row) => row['list_status'] === 'L');
  state.listed = listed.map(({ symbol }) => symbol as Symbol);
  return found;
}
