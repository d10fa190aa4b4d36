import type { PlainDay, SourceId } from '@tapekeeper/core';
import { factorOn } from '../../packages/replay/src/world/factorSteps.ts';
import type { World } from '../../packages/replay/src/world/world.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';

/** What a bar is in the world, and what was stored of it. */
type Values = Readonly<Record<(typeof COLUMNS)[number], number>>;

export interface StoredBar extends Values {
  readonly symbol: string;
  readonly trade_date: string;
  readonly source: SourceId;
}

const COLUMNS = ['open', 'high', 'low', 'close', 'pre_close', 'volume', 'amount', 'pct_chg'] as const;

/** How far a value may be from the world's: as far as the words of a source round it. */
const GRAIN: Readonly<Record<SourceId, Readonly<Partial<Values>>>> = {
  tushare: {},
  baostock: {},
  // lots; Tencent's amounts have two decimals of ten thousand yuan; Eastmoney's changes two decimals
  akshare: { volume: 50, amount: 50, pct_chg: 0.005 },
};

const DUST = 1e-6;

export async function storedBars(db: Database): Promise<readonly StoredBar[]> {
  return db.rows<StoredBar>(sql`SELECT * FROM market.daily_bars ORDER BY symbol, trade_date`);
}

/** Stored bars that are not those of the world, in any value, and those that the world does not have. */
export function differingBars(world: World, bars: readonly StoredBar[]): readonly StoredBar[] {
  const truth = truthOf(world);
  return bars.filter((bar) => {
    const own = truth.get(`${bar.symbol} ${bar.trade_date}`);
    if (own === undefined) return true;
    const grain = GRAIN[bar.source];
    return COLUMNS.some((column) => !(Math.abs(bar[column] - own[column]) <= (grain[column] ?? 0) + DUST));
  });
}

/** Stored factors of Tushare that are not those of the world; other sources have bases of their own. */
export async function differingFactors(db: Database, { tushare }: World): Promise<readonly string[]> {
  const rows = await db.rows<{ symbol: string; day: PlainDay; factor: number }>(sql`
    SELECT symbol, trade_date AS day, adj_factor AS factor FROM market.adj_factors
    WHERE source = 'tushare' ORDER BY symbol, trade_date`);
  return rows
    .filter(({ symbol, day, factor }) => {
      const own = tushare.instrument(symbol);
      const truth = own && factorOn(tushare.factors(own.index), day);
      return truth === undefined || Math.abs(factor - Number(truth)) > DUST;
    })
    .map(({ symbol, day }) => `${symbol} ${day}`);
}

/** Traded days of the world in yuan and shares. */
function truthOf({ tushare: { table } }: World): ReadonlyMap<string, Values> {
  if (table.units !== 'baostock') throw new Error('a world in lots has no truth here');
  const places = COLUMNS.map((column) => table.columns.indexOf(column));
  const truth = new Map<string, Values>();
  for (let row = 0; row < table.rowCount; row += 1) {
    if (table.suspended[row] === 1) continue;
    const cells = table.cells(row);
    const values = Object.fromEntries(
      COLUMNS.map((column, at) => [column, Number(cells[places[at] ?? -1])]),
    ) as Values;
    const symbol = table.symbols[table.rowSymbol[row] ?? -1];
    truth.set(`${symbol} ${table.days[table.rowDay[row] ?? -1]}`, values);
  }
  return truth;
}
