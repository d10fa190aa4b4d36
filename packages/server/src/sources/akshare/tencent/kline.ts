import { addDays, AppError, parseDay, type PlainDay, type Row } from '@tapekeeper/core';
import { z } from 'zod';
import { readNumber, scaledBy } from '../../cell.ts';
import { ban, callAkshare, type AkshareClient, type Asking } from '../client.ts';
import { BAR_COLUMNS, type SymbolQuestion } from '../eastmoney/kline.ts';
import { createGathering, type Found } from '../gathering.ts';
import { malformedFrom, upstreamOf } from '../hosts.ts';
import { prefixedCode } from '../symbols.ts';
import { readWrappedJson, utf8Text } from '../text.ts';

/** Rows that one call gives at most; a window of two years has about 490. */
const CALL_ROWS = 640;
const WINDOW_DAYS = 730;

/** Calendar days before a range in which the last close before it is looked for. */
const LOOK_BACK_DAYS = 30;

/** Questions in a row that come back empty when an address has asked too much. */
const EMPTY_IS_BAN = 5;

const bar = z.array(z.unknown()).min(6).max(30);
const answer = z.object({
  code: z.int(),
  msg: z.string().nullish(),
  data: z
    .union([z.record(z.string(), z.object({ day: z.array(bar).nullish() })), z.array(z.unknown()).max(0)])
    .nullish(),
});

type Bar = readonly unknown[];

const lotsToShares = scaledBy(100, 0);
const wholeShares = scaledBy(1, 0);
const tenThousandsToYuan = scaledBy(10_000, 2);

/**
 * Daily bars of one symbol, two years a call. Tencent names no reference price: it is the close before,
 * except on the day on which a share goes ex, which comes with its dividend. Those days are left out, and so
 * is one before which no bar is found, rather than stored with a price that was not the reference.
 * Empty answers are what Tencent gives to those who ask too much, so that one is `empty`, and the fifth
 * in a row `banned`.
 */
export async function readTencentBars(
  client: AkshareClient,
  question: SymbolQuestion,
  asking: Asking,
): Promise<Found> {
  const bars = await readWindows(client, question, asking);
  if (bars.length === 0) throw emptied(client, question);
  client.streaks.end('empty', 'newfqkline');

  const gathering = createGathering('tencent_kline', question.dataset);
  const isIndex = question.dataset === 'index_bars';
  const inShares = isIndex || /^68[89]/.test(question.symbol);
  let close: number | undefined;
  let lastDay = '';
  for (const each of bars) {
    const day = typeof each[0] === 'string' ? parseDay(each[0]) : undefined;
    if (day === undefined || day <= lastDay)
      throw malformedFrom('tencent_kline', 'its days are in no order.');
    lastDay = day;
    const preClose = close;
    const own = readNumber(each[2]);
    close = typeof own === 'number' && own > 0 ? own : undefined;
    const goesEx = !isIndex && isDividend(each[6]);
    if (day < question.from || day > question.to || preClose === undefined || goesEx) continue;
    gathering.take(rowOfBar(question, day, each, preClose, inShares), each);
  }
  const { rows, unreadable } = gathering;
  return { columns: BAR_COLUMNS, rows, unreadable };
}

/** Windows overlap in no day, and come in the order of time. */
async function readWindows(
  client: AkshareClient,
  question: SymbolQuestion,
  asking: Asking,
): Promise<readonly Bar[]> {
  const bars: Bar[] = [];
  let from = addDays(question.from, -LOOK_BACK_DAYS);
  while (from <= question.to) {
    const end = addDays(from, WINDOW_DAYS - 1);
    const to = end < question.to ? end : question.to;
    bars.push(...(await readWindow(client, prefixedCode(question.symbol), from, to, asking)));
    from = addDays(to, 1);
  }
  return bars;
}

async function readWindow(
  client: AkshareClient,
  code: string,
  from: PlainDay,
  to: PlainDay,
  asking: Asking,
): Promise<readonly Bar[]> {
  const body = await callAkshare(
    client,
    {
      origin: 'tencent_kline',
      api: 'newfqkline',
      path: '/ifzqgtimg/appstock/app/newfqkline/get',
      query: { _var: 'kline_day', param: `${code},day,${from},${to},${CALL_ROWS},`, r: '0.8' },
    },
    asking,
  );
  const {
    code: outcome,
    msg,
    data,
  } = readWrappedJson('tencent_kline', utf8Text('tencent_kline', body), answer);
  if (outcome !== 0) {
    const facts = { ...upstreamOf('tencent_kline'), api: 'newfqkline', upstreamCode: outcome };
    throw new AppError('upstream_refused', { ...facts, message: (msg ?? `code ${outcome}.`).slice(0, 200) });
  }
  const found = data && !Array.isArray(data) && Object.hasOwn(data, code) ? (data[code]?.day ?? []) : [];
  if (found.length >= CALL_ROWS)
    throw malformedFrom('tencent_kline', `${from} to ${to} has been cut at ${CALL_ROWS} rows.`);
  // Asked for a stretch without bars, it may answer with those before.
  return found.filter(([day]) => typeof day === 'string' && day >= from && day <= to);
}

/** Beside the prices stands an object that is empty on ordinary days. */
function isDividend(cell: unknown): boolean {
  return typeof cell === 'object' && cell !== null && Object.keys(cell).length > 0;
}

/** Date, open, close, high, low, volume, dividend, turnover, ten thousands of yuan. */
function rowOfBar(
  { symbol }: SymbolQuestion,
  day: PlainDay,
  each: Bar,
  preClose: number,
  inShares: boolean,
): Row | string {
  const [open, close, high, low] = each.slice(1, 5).map((cell) => readNumber(cell));
  const volume = (inShares ? wholeShares : lotsToShares)(each[5]);
  const amount = tenThousandsToYuan(each[8] ?? null);
  if (typeof open !== 'number' || typeof close !== 'number') return 'a price cannot be read';
  if (typeof high !== 'number' || typeof low !== 'number') return 'a price cannot be read';
  if (typeof volume !== 'number' || typeof amount !== 'number') return 'volume or amount cannot be read';
  const pctChg = Math.round((close / preClose - 1) * 1_000_000) / 10_000;
  return {
    symbol,
    trade_date: day,
    open,
    high,
    low,
    close,
    pre_close: preClose,
    volume,
    amount,
    pct_chg: pctChg,
  };
}

function emptied(client: AkshareClient, { symbol, from, to }: SymbolQuestion): AppError {
  if (client.streaks.count('empty', 'newfqkline') >= EMPTY_IS_BAN)
    return ban(client, { origin: 'tencent_kline' }, `${EMPTY_IS_BAN} answers in a row were empty.`);
  return new AppError('empty', {
    ...upstreamOf('tencent_kline'),
    question: `${symbol} from ${from} to ${to}`,
  });
}
