import { parseDay, type PlainDay } from '@tapekeeper/core';
import { parseCsv } from './csv.ts';
import { lowerBound } from './barTable.ts';

/** Cumulative backward factors of a symbol: `texts[i]` holds from `days[i]` on. */
export interface FactorSteps {
  readonly days: readonly PlainDay[];
  readonly texts: readonly string[];
}

/** What a day says about the factor: where `preClose` is not the last close, the day is an ex-date. */
export interface FactorBar {
  readonly day: PlainDay;
  readonly close: number;
  readonly preClose: number;
}

/** Decimals of factors that are derived; known ones keep their own. */
const DECIMALS = 6;

/** The factor that holds on a day; undefined before the first step. */
export function factorOn(steps: FactorSteps, day: PlainDay): string | undefined {
  const next = lowerBound(steps.days, day, 0, steps.days.length);
  return steps.days[next] === day ? steps.texts[next] : steps.texts[next - 1];
}

/**
 * Factors of all bars of a symbol. Known ones stand as they are from their first to their last day;
 * outside that stretch the ex-rights reference prices continue them, F(t) = F(t-1) · close(t-1) /
 * pre_close(t), forwards and backwards. With none known the first bar has factor 1.
 * @param known the last day says how far the stretch reaches, so it may repeat the factor before
 */
export function chainFactors(bars: readonly FactorBar[], known: FactorSteps | undefined): FactorSteps {
  const growth = growthOf(bars);
  const days: PlainDay[] = [];
  const texts: string[] = [];
  const push = (day: PlainDay, text: string): void => {
    if (texts.at(-1) === text) return;
    days.push(day);
    texts.push(text);
  };
  if (known === undefined || known.days.length === 0) {
    bars.forEach(({ day }, index) => push(day, rounded(growth[index]!)));
    return { days, texts };
  }

  const from = known.days[0]!;
  const to = known.days.at(-1)!;
  const atFrom = bars.findIndex(({ day }) => day >= from);
  const fromGrowth = growth[atFrom < 0 ? growth.length - 1 : atFrom] ?? 1;
  bars.forEach(({ day }, index) => {
    if (day < from) push(day, scaled(known.texts[0]!, growth[index]! / fromGrowth));
  });
  known.days.forEach((day, index) => push(day, known.texts[index]!));
  const toGrowth = growth[bars.findLastIndex(({ day }) => day <= to)] ?? 1;
  bars.forEach(({ day }, index) => {
    if (day > to) push(day, scaled(known.texts.at(-1)!, growth[index]! / toGrowth));
  });
  return { days, texts };
}

/** Reads `ts_code,effective_date,adj_factor` into `into`, by symbol. */
export function readFactorChanges(text: string, into: Map<string, FactorSteps>): void {
  const { columns, rows } = parseCsv(text);
  if (columns.join() !== 'ts_code,effective_date,adj_factor') {
    throw new Error('its columns are not ts_code,effective_date,adj_factor');
  }
  const bySymbol = new Map<string, Map<PlainDay, string>>();
  rows.forEach(([symbol, dayText, factor], index) => {
    const day = parseDay(dayText!);
    if (day === undefined || !(Number(factor) > 0))
      throw new Error(`line ${index + 2} has no day or no factor`);
    const changes = bySymbol.get(symbol!) ?? new Map<PlainDay, string>();
    bySymbol.set(symbol!, changes.set(day, factor!));
  });
  for (const [symbol, changes] of bySymbol) {
    const days = [...changes.keys()].sort();
    into.set(symbol, { days, texts: days.map((day) => changes.get(day)!) });
  }
}

function growthOf(bars: readonly FactorBar[]): number[] {
  let growth = 1;
  return bars.map(({ preClose }, index) => {
    const last = bars[index - 1]?.close ?? preClose;
    if (last !== preClose && last > 0 && preClose > 0) growth *= last / preClose;
    return growth;
  });
}

function scaled(text: string, ratio: number): string {
  return ratio === 1 ? text : rounded(Number(text) * ratio);
}

function rounded(factor: number): string {
  return String(Number(factor.toFixed(DECIMALS)));
}
