import {
  DATASETS,
  isExpected,
  lastFinalDay,
  validateBatch,
  type DatasetId,
  type PlainDay,
  type Row,
} from '@tapekeeper/core';
import type { QuarantineEntry, QuarantineRelease } from '../../ports/qualityStore.ts';
import type { CoverageGain } from '../../ports/runStore.ts';
import { runsOfDays } from '../dayRuns.ts';
import type { AppDeps } from '../deps.ts';
import type { Market } from '../market.ts';
import { factsOf } from '../settle/gate.ts';

/** What a rule says of a held row today. */
export interface HeldFault {
  readonly rule: string;
  readonly detail: string;
}

/**
 * Rows that no table can hold, that would belong to nobody, or that have another base than the factors
 * around them and would look like a split: no person can wish them in.
 */
const NEVER_FORCED: ReadonlySet<string> = new Set([
  'unreadable',
  'factor_base',
  'key_missing',
  'value_missing',
  'wrong_type',
  'not_finite',
  'not_whole',
  'duplicate_key',
  'unknown_symbol',
  'unknown_index',
  'symbol_form',
]);

/** Refusals for reasons that the row alone does not show, so that looking at it again proves nothing. */
const NOT_OF_THE_ROW: ReadonlySet<string> = new Set(['unreadable', 'factor_base']);

export function mayBeForced(fault: HeldFault): boolean {
  return !NEVER_FORCED.has(fault.rule);
}

/** Judges a held row by itself, as if it had just come; undefined where it passes. */
export function judgeHeld(
  market: Market,
  { dataset, rule, detail, row }: QuarantineEntry,
): HeldFault | undefined {
  if (NOT_OF_THE_ROW.has(rule)) return { rule, detail: detail ?? '' };
  const lacking = DATASETS[dataset].columns.find(
    (column) => column.nullable !== true && (row[column.name] ?? null) === null,
  );
  if (lacking !== undefined) return { rule: 'value_missing', detail: `${lacking.name} is empty` };
  const { refused } = validateBatch({
    dataset,
    rows: [row],
    calendar: market.calendar,
    listingOf: (symbol) => factsOf(market, symbol),
  });
  return refused[0];
}

/** The natural key of a row as one text. */
export function keyText({ dataset, row }: Pick<QuarantineEntry, 'dataset' | 'row'>): string {
  return JSON.stringify([dataset, ...DATASETS[dataset].key.map((column) => row[column] ?? null)]);
}

/**
 * How rows of one data set go into their table. One that passed fills what is empty, since what has come meanwhile is
 * newer; one that a person insists on replaces what stands, which stays as a revision.
 */
export function releasesOf(
  deps: AppDeps,
  market: Market,
  rows: readonly QuarantineEntry[],
  mode: 'fill' | 'replace',
): readonly QuarantineRelease[] {
  const alike = Map.groupBy(rows, (entry) =>
    [entry.dataset, entry.source, entry.runId, ...columnsOf(entry.dataset, entry.row)].join(' '),
  );
  return [...alike.values()].map((group): QuarantineRelease => {
    const [{ dataset, source, runId, row }] = group as [QuarantineEntry];
    const columns = columnsOf(dataset, row);
    const write = { dataset, source, columns, rows: group.map((one) => one.row), mode };
    return { runId, write, gains: gainsOf(deps, market, group) };
  });
}

function columnsOf(dataset: DatasetId, row: Row): readonly string[] {
  return DATASETS[dataset].columns.map((column) => column.name).filter((name) => Object.hasOwn(row, name));
}

/** Expected cells of final days count as covered by the row. */
function gainsOf(deps: AppDeps, market: Market, group: readonly QuarantineEntry[]): readonly CoverageGain[] {
  const [{ dataset, source }] = group as [QuarantineEntry];
  if (DATASETS[dataset].kind !== 'grid') return [];
  const lastFinal = lastFinalDay(market.calendar, DATASETS[dataset].finality, deps.marketNow());
  return [...Map.groupBy(group, ({ row }) => String(row['symbol']))].flatMap(([symbol, entries]) => {
    const listing = market.bySymbol.get(symbol);
    if (listing === undefined) return [];
    const days = entries
      .map(({ row }) => row['trade_date'] as PlainDay)
      .filter((day) => day <= lastFinal && isExpected(market.calendar, listing, day));
    return runsOfDays(market.calendar, days).map((range): CoverageGain => ({
      kind: 'range',
      dataset,
      source,
      instrumentId: listing.instrumentId,
      ...range,
    }));
  });
}
