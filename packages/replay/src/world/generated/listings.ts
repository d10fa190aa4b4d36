import {
  AppError,
  compactDay,
  dayNumber,
  dayOfNumber,
  type Board,
  type PlainDay,
  type Symbol,
  symbolOf,
} from '@tapekeeper/core';
import type { Random } from '../../random.ts';
import { drawsOf, wholeOf } from '../facts/draws.ts';
import { CODE_RANGES, type CodeRange } from './codeRanges.ts';
import { MOST_NAMES, stockName } from './stockNames.ts';

/** A stock that is or was listed, without its bars. */
export interface Listing {
  readonly symbol: Symbol;
  /** The name without marks of special treatment. */
  readonly name: string;
  readonly fullName: string;
  readonly industry: string;
  readonly area: string;
  readonly board: Board;
  readonly listDate: PlainDay;
  readonly delistDate: PlainDay | undefined;
  /** The code before Beijing's stocks got new ones. */
  readonly oldSymbol: Symbol | undefined;
}

export interface ListingWish {
  readonly seed: number;
  readonly symbols: number;
  /** Open days that have bars, ascending. */
  readonly days: readonly PlainDay[];
}

/** Stocks that are first listed while there are bars, that leave the list then, and that left it before. */
const NEW = 0.04;
const LEAVING = 0.01;
const GONE = 0.02;
/** A stock has been listed for so many days before it leaves. */
const SHORTEST_LIFE = 1000;
/** Since then new stocks of the Beijing exchange have codes that begin with 920. */
const NEW_CODES = '2024-04-22';

/** Stocks of all boards, ascending by symbol. Throws `bad_setting` when there are not enough codes. */
export function drawListings(wish: ListingWish): readonly Listing[] {
  const lastDay = wish.days.at(-1)!;
  const ranges = CODE_RANGES.filter(({ from }) => from <= lastDay);
  const counts = countsOf(wish.symbols, ranges);
  let number = 0;
  return ranges
    .flatMap((range, index) => {
      const draw = drawsOf(wish.seed, 'listings', range.exchange, range.first);
      const lives = Array.from({ length: counts[index]! }, () => lifeOf(draw, wish, range)).sort((a, b) =>
        a.listDate < b.listDate ? -1 : a.listDate > b.listDate ? 1 : 0,
      );
      // Codes are given out in the order of listing, with some left free in between.
      const step = (range.last - range.first + 1) / Math.max(1, lives.length);
      return lives.map((life, place) => {
        const code = range.first + Math.floor(place * step) + wholeOf(draw, Math.floor(step));
        return listing(wish.seed, range, code, life, number++);
      });
    })
    .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
}

/** Stocks a range, by its share; what rounding leaves goes where there is room. */
function countsOf(symbols: number, ranges: readonly CodeRange[]): readonly number[] {
  const room = ranges.map(({ first, last }) => last - first + 1);
  const most = Math.min(
    MOST_NAMES,
    room.reduce((sum, codes) => sum + codes, 0),
  );
  if (!Number.isInteger(symbols) || symbols < 1 || symbols > most) {
    throw new AppError('bad_setting', {
      problem: `a generated world has 1 to ${most} symbols, not ${symbols}.`,
    });
  }
  const shares = ranges.reduce((sum, { share }) => sum + share, 0);
  const counts = ranges.map(({ share }, index) =>
    Math.min(room[index]!, Math.floor((symbols * share) / shares)),
  );
  let left = symbols - counts.reduce((sum, count) => sum + count, 0);
  for (let index = 0; left > 0; index = (index + 1) % counts.length) {
    if (counts[index] === room[index]) continue;
    counts[index]! += 1;
    left -= 1;
  }
  return counts;
}

interface Life {
  readonly listDate: PlainDay;
  readonly delistDate: PlainDay | undefined;
}

function lifeOf(draw: Random, { days }: ListingWish, range: CodeRange): Life {
  const [firstDay, lastDay] = [days[0]!, days.at(-1)!];
  const chance = draw();
  const firstOpen = days.findIndex((day) => day >= range.from);
  const isNew = range.to > firstDay && (chance < NEW || range.from >= firstDay);
  if (isNew) {
    const end = days.findLastIndex((day) => day <= range.to);
    return { listDate: days[firstOpen + wholeOf(draw, end - firstOpen + 1)]!, delistDate: undefined };
  }
  const end = Math.min(dayNumber(range.to), dayNumber(firstDay) - 1);
  const listed = weekdayFrom(dayNumber(range.from) + wholeOf(draw, end - dayNumber(range.from) + 1));
  const listDate = dayOfNumber(listed);
  if (dayNumber(firstDay) - listed > SHORTEST_LIFE + 100) {
    const left = draw();
    if (left < GONE) return { listDate, delistDate: goneOn(draw, listed, dayNumber(firstDay)) };
    if (left < GONE + LEAVING && days.length > 2)
      return { listDate, delistDate: days[1 + wholeOf(draw, days.length - 1)] };
  }
  return { listDate: listDate > lastDay ? lastDay : listDate, delistDate: undefined };
}

function goneOn(draw: Random, listed: number, firstDay: number): PlainDay {
  const earliest = listed + SHORTEST_LIFE;
  return dayOfNumber(earliest + wholeOf(draw, firstDay - earliest));
}

/** Thursday was day 0, so that days 2 and 3 are a weekend. */
function weekdayFrom(number: number): number {
  const place = ((number % 7) + 7) % 7;
  return place === 2 ? number - 1 : place === 3 ? number - 2 : number;
}

function listing(seed: number, range: CodeRange, code: number, life: Life, number: number): Listing {
  const { name, fullName, industry, area } = stockName(seed, number);
  return {
    symbol: symbolOf(`${String(code).padStart(6, '0')}.${range.exchange}`),
    name,
    fullName,
    industry,
    area,
    board: range.board,
    ...life,
    oldSymbol: range.board === 'bse' && life.listDate < NEW_CODES ? oldCode(seed, code) : undefined,
  };
}

/** Old codes kept their last three digits. */
function oldCode(seed: number, code: number): Symbol {
  const draw = drawsOf(seed, 'old code', code);
  const start = ['430', '831', '832', '833', '835', '836', '837', '838', '870', '871', '872', '873'];
  return symbolOf(`${start[wholeOf(draw, start.length)]}${String(code).slice(3)}.BJ`);
}

const MARKETS: Readonly<Record<Board, string>> = {
  main: '主板',
  star: '科创板',
  chinext: '创业板',
  bse: '北交所',
};
const EXCHANGES = { SH: 'SSE', SZ: 'SZSE', BJ: 'BSE' } as const;

/** The line of the stock list, in Tushare's columns. */
export function stockCells(listed: Listing, isTreated: boolean): ReadonlyMap<string, string> {
  const { symbol, name, delistDate } = listed;
  return new Map([
    ['ts_code', symbol],
    ['symbol', symbol.slice(0, 6)],
    ['name', isTreated ? `ST${name}` : name],
    ['area', listed.area],
    ['industry', listed.industry],
    ['fullname', listed.fullName],
    ['market', MARKETS[listed.board]],
    ['exchange', EXCHANGES[symbol.slice(7) as keyof typeof EXCHANGES]],
    ['curr_type', 'CNY'],
    ['list_status', delistDate === undefined ? 'L' : 'D'],
    ['list_date', compactDay(listed.listDate)],
    ['delist_date', delistDate === undefined ? '' : compactDay(delistDate)],
    ['is_hs', symbol.endsWith('.SH') ? 'H' : symbol.endsWith('.SZ') ? 'S' : 'N'],
  ]);
}
