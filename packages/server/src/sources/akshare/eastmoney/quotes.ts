import { boardOf, parseDay, shanghaiDay, type Instant, type PlainDay, type Row } from '@tapekeeper/core';
import { readInteger, readNumber, scaledBy } from '../../cell.ts';
import { A_SHARES, readClist } from './clist.ts';
import type { AkshareClient, Asking } from '../client.ts';
import { createGathering, dashed, field, rowOf, type Field, type Found } from '../gathering.ts';
import { malformedFrom } from '../hosts.ts';
import { quotedDay, type TradingDays } from '../session.ts';
import { symbolOfMarket } from '../symbols.ts';
import type { Cells } from '../text.ts';
import type { AllQuestion } from '../tradeCalendar.ts';

const figure = dashed(readNumber);
const FIELDS: readonly Field[] = [
  field('last', 'f2', figure),
  field('open', 'f17', figure),
  field('high', 'f15', figure),
  field('low', 'f16', figure),
  field('pre_close', 'f18', figure),
  field('volume', 'f5', dashed(scaledBy(100, 0))),
  field('amount', 'f6', figure),
  field('pct_chg', 'f3', figure),
  field('turnover_rate', 'f8', figure),
  field('pe', 'f9', figure),
  field('pb', 'f23', figure),
  field('total_mv', 'f20', figure),
  field('circ_mv', 'f21', figure),
];

/** When the quote was given, in seconds; not every server says. */
const GIVEN_AT = 'f124';

export const QUOTE_COLUMNS: readonly string[] = [
  'symbol',
  'trade_date',
  'quoted_at',
  ...FIELDS.map(({ column }) => column),
];

export interface Market {
  readonly client: AkshareClient;
  readonly tradingDays: TradingDays;
}

/**
 * Quotes of the whole market; a stock without a price (suspended, not yet trading) has none. Whoever asks
 * outside of the days of the question gets no rows, since these are the quotes of another day.
 * A page on which prices do not fit amount and volume is `malformed`: the server did not put the decimals.
 */
export async function readEastmoneyQuotes(
  { client, tradingDays }: Market,
  question: AllQuestion,
  asking: Asking,
  pageRows: number,
): Promise<Found> {
  const fields = [...FIELDS.map(({ cell }) => cell), GIVEN_AT];
  const listed = await readClist(client, { markets: A_SHARES, fields, pageRows }, asking);
  refuseScaled(listed);
  const now = client.clock.now();
  const today = await quotedDay(tradingDays, now);
  const gathering = createGathering('push2', 'quotes');
  for (const cells of listed) {
    const symbol = symbolOfMarket(cells['f13'], cells['f12']);
    if (symbol && boardOf(symbol) === undefined) continue;
    if (symbol === undefined) gathering.take('a line of the quotes names no symbol', cells);
    else if (figure(cells['f2']) !== null && figure(cells['f2']) !== 0) {
      const moment = momentOf(cells, now, today);
      if (moment === undefined || !isAsked(question, moment.day)) continue;
      const known: Row = { symbol, trade_date: moment.day, quoted_at: moment.at };
      gathering.take(rowOf('quotes', known, FIELDS, cells), cells);
    }
  }
  return { columns: QUOTE_COLUMNS, rows: gathering.rows, unreadable: gathering.unreadable };
}

export function isAsked({ from, to }: AllQuestion, day: PlainDay): boolean {
  return day >= from && day <= to;
}

const LATEST_SECONDS = 4_102_444_800;

function momentOf(
  cells: Cells,
  now: Instant,
  today: PlainDay | undefined,
): { readonly day: PlainDay; readonly at: Instant } | undefined {
  const seconds = dashed(readInteger)(cells[GIVEN_AT]);
  if (typeof seconds === 'number' && seconds > 0 && seconds < LATEST_SECONDS) {
    const at = seconds * 1000;
    const day = parseDay(shanghaiDay(at));
    return day === undefined ? undefined : { day, at };
  }
  return today === undefined ? undefined : { day: today, at: now };
}

/** How far a last price may lie from the mean price of its day; prices move by a third at most. */
const FARTHEST = 2;
/** Prices that cannot all be whole by chance. */
const WHOLE_BY_CHANCE = 10;

/** Throws `malformed` where the prices of most rows lack their decimals, or volumes their unit. */
function refuseScaled(rows: readonly Cells[]): void {
  const ratios: number[] = [];
  let priced = 0;
  let whole = 0;
  for (const { f2, f5, f6 } of rows) {
    const [last, lots, amount] = [figure(f2), figure(f5), figure(f6)];
    if (typeof last !== 'number' || last <= 0) continue;
    priced += 1;
    if (Number.isInteger(last)) whole += 1;
    if (typeof lots === 'number' && lots > 0 && typeof amount === 'number' && amount > 0)
      ratios.push((last * lots * 100) / amount);
  }
  const median = ratios.sort((one, other) => one - other)[ratios.length >>> 1] ?? 1;
  const isOff = median > FARTHEST || median < 1 / FARTHEST;
  if (isOff || (priced >= WHOLE_BY_CHANCE && whole === priced))
    throw malformedFrom('push2', 'prices do not fit amounts and volumes: they came without their decimals.');
}
