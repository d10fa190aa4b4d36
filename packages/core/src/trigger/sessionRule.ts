import { AppError } from '../error/appError.ts';
import { EXCHANGES, type ExchangeId } from '../symbol/symbol.ts';
import { parseDuration, printDuration } from './duration.ts';

/** What the trading day of an exchange has to be, besides one. */
export interface DayChoice {
  readonly which: 'first' | 'last';
  readonly of: 'week' | 'month' | 'quarter' | 'year';
}

/** Moments of the trading days of an exchange. */
export type SessionRule = {
  readonly exchange: ExchangeId;
  /** Null is every trading day. */
  readonly days: DayChoice | null;
} & SessionPart;

export type SessionPart =
  /** So long after, or (negative) before, the open or close; it belongs to that trading day wherever it falls. */
  | { readonly kind: 'edge'; readonly edge: 'open' | 'close'; readonly offsetSeconds: number }
  /** Again and again from the open, and from the end of the break. */
  | { readonly kind: 'every'; readonly everySeconds: number };

/** The longest offset from an open or close: 30 days. */
export const LONGEST_OFFSET_SECONDS = 30 * 86_400;
/** The longest step within the session: half of it, from the open to the break. */
export const LONGEST_STEP_SECONDS = 7200;
/** The exchange of a rule that names none. */
const DEFAULT_EXCHANGE: ExchangeId = 'XSHG';
/** Longer than any rule that makes sense; what is read has a bound. */
const LONGEST_RULE = 128;

const EDGE = /^(open|close)\s*(?:\(\s*(\w+)\s*\))?\s*(?:([+-])\s*(.*))?$/i;
const EVERY = /^every\s+(.+?)\s+in\s+session\s*(?:\(\s*(\w+)\s*\))?$/i;
const DAYS = /\s+on\s+(first|last)\s+trading\s+day\s+of\s+(?:the\s+)?(week|month|quarter|year)$/i;

/**
 * Reads a session rule: `close(XSHG)+30m`, `open(XSHE)-15m on first trading day of month`,
 * `every 5m in session`. Capitals and spaces do not matter. Raises `bad_session_rule`.
 * @example parseSessionRule('close(XSHG)+1h30m')
 */
export function parseSessionRule(text: string): SessionRule {
  const rule = text.trim();
  if (rule.length > LONGEST_RULE) throw unread(text, rule);
  const days = DAYS.exec(rule);
  const moment = days === null ? rule : rule.slice(0, days.index);
  return {
    ...readMoment(text, moment),
    days: days === null ? null : choiceOf(days[1], days[2]),
  };
}

/**
 * The rule as it is written shortest.
 * @example printSessionRule(parseSessionRule('Close( XSHG ) + 90m')) // 'close(XSHG)+1h30m'
 */
export function printSessionRule(rule: SessionRule): string {
  const days = rule.days === null ? '' : ` on ${rule.days.which} trading day of ${rule.days.of}`;
  return printMoment(rule) + days;
}

function printMoment(rule: SessionRule): string {
  if (rule.kind === 'every') {
    const exchange = rule.exchange === DEFAULT_EXCHANGE ? '' : `(${rule.exchange})`;
    return `every ${printDuration(rule.everySeconds)} in session${exchange}`;
  }
  const { edge, exchange, offsetSeconds } = rule;
  const sign = offsetSeconds < 0 ? '-' : '+';
  const offset = offsetSeconds === 0 ? '' : sign + printDuration(Math.abs(offsetSeconds));
  return `${edge}(${exchange})${offset}`;
}

function readMoment(text: string, moment: string): { readonly exchange: ExchangeId } & SessionPart {
  const every = EVERY.exec(moment);
  if (every !== null) {
    const everySeconds = secondsOf(text, every[1], 1, LONGEST_STEP_SECONDS);
    return { kind: 'every', exchange: exchangeNamed(text, every[2]), everySeconds };
  }
  const edge = EDGE.exec(moment);
  if (edge === null) throw unread(text, moment);
  const size = edge[3] === undefined ? 0 : secondsOf(text, edge[4], 0, LONGEST_OFFSET_SECONDS);
  return {
    kind: 'edge',
    exchange: exchangeNamed(text, edge[2]),
    edge: edge[1]?.toLowerCase() === 'open' ? 'open' : 'close',
    // a difference, so that no minus zero comes out
    offsetSeconds: edge[3] === '-' ? 0 - size : size,
  };
}

function exchangeNamed(text: string, name: string | undefined): ExchangeId {
  if (name === undefined) return DEFAULT_EXCHANGE;
  const exchange = EXCHANGES.find((each) => each === name.toUpperCase());
  if (exchange === undefined) throw unread(text, name);
  return exchange;
}

function secondsOf(text: string, duration: string | undefined, least: number, most: number): number {
  const seconds = parseDuration(duration ?? '');
  if (seconds === undefined || seconds < least || seconds > most) throw unread(text, duration ?? '');
  return seconds;
}

function choiceOf(which: string | undefined, of: string | undefined): DayChoice {
  return { which: which?.toLowerCase(), of: of?.toLowerCase() } as DayChoice;
}

function unread(rule: string, part: string): AppError {
  const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
  return new AppError('bad_session_rule', { rule: short(rule.trim()), part: short(part.trim()) });
}
