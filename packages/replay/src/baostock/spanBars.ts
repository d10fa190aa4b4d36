import { dayNumber, type PlainDay } from '@tapekeeper/core';
import { padDecimals } from '../world/decimal.ts';
import type { TradingCalendar } from '../world/tradingCalendar.ts';
import type { DaySeries, SeriesQuestion } from './daySeries.ts';
import { listed, type Rows } from './question.ts';

/** Fields of a week or a month. */
export const SPAN_FIELDS: readonly string[] = [
  'date',
  'code',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'amount',
  'adjustflag',
  'turn',
  'pctChg',
];

const READ = ['open', 'high', 'low', 'close', 'preclose', 'volume', 'amount', 'turn', 'tradestatus'];

interface Span {
  /** The last day with trade. */
  day: PlainDay;
  open: string;
  high: string;
  low: string;
  close: string;
  volume: number;
  amount: number;
  turn: number | undefined;
  growth: number;
}

export interface SpanQuestion extends SeriesQuestion {
  readonly code: string;
  /** `w` or `m`. */
  readonly frequency: string;
  readonly fields: readonly string[];
  readonly calendar: TradingCalendar;
  /** Last day that there is; a span is served when it is over. */
  readonly lastDay: PlainDay;
}

/**
 * Weeks or months from all days of a symbol, dated by their last day with trade; those that end within
 * the range and are over.
 */
export function spanRows(series: DaySeries, question: SpanQuestion): Rows {
  const { from, to, fields, frequency, calendar, lastDay, code, flag } = question;
  const spanOf = frequency === 'w' ? weekOf : monthOf;
  const open = spanOf(calendar.nextOpen(lastDay)) === spanOf(lastDay) ? spanOf(lastDay) : undefined;
  const read = series.reader(READ);
  const spans = new Map<string, Span>();
  series.days.forEach((day, at) => {
    const key = spanOf(day);
    const texts = read(at);
    if (texts[8] === '1' && key !== open) spans.set(key, joined(spans.get(key), day, texts));
  });
  const asked = [...spans.values()].filter(({ day }) => day >= from && day <= to);
  return listed(asked, (span) => {
    const texts: Readonly<Record<string, string>> = {
      date: span.day,
      code,
      open: span.open,
      high: span.high,
      low: span.low,
      close: span.close,
      volume: String(span.volume),
      amount: padDecimals(span.amount.toFixed(2), 4),
      adjustflag: flag,
      turn: span.turn?.toFixed(6) ?? '',
      pctChg: ((span.growth - 1) * 100).toFixed(6),
    };
    return fields.map((name) => texts[name]!);
  });
}

function joined(span: Span | undefined, day: PlainDay, texts: readonly string[]): Span {
  const [open = '', high = '', low = '', close = '', preclose = '', volume, amount, turn] = texts;
  const growth = Number(close) / Number(preclose);
  const turned = turn === '' ? undefined : Number(turn);
  if (span === undefined) {
    return {
      day,
      open,
      high,
      low,
      close,
      volume: Number(volume),
      amount: Number(amount),
      turn: turned,
      growth,
    };
  }
  return {
    day,
    open: span.open,
    high: Number(high) > Number(span.high) ? high : span.high,
    low: Number(low) < Number(span.low) ? low : span.low,
    close,
    volume: span.volume + Number(volume),
    amount: span.amount + Number(amount),
    turn: span.turn === undefined || turned === undefined ? undefined : span.turn + turned,
    growth: span.growth * growth,
  };
}

/** Weeks begin on Monday; the day numbers count from a Thursday. */
function weekOf(day: PlainDay): string {
  return String(Math.floor((dayNumber(day) + 3) / 7));
}

function monthOf(day: PlainDay): string {
  return day.slice(0, 7);
}
