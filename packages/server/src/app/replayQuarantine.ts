import {
  cellsOf,
  DATASETS,
  keyColumns,
  lastFinalDay,
  QUALITY_RULES,
  validateBatch,
  type DatasetId,
  type PlainDay,
  type Row,
} from '@tapekeeper/core';
import type { HeldRow, QuarantineReplay } from '../ports/runStore.ts';
import { runsOfDays } from './dayRuns.ts';
import type { AppDeps } from './deps.ts';
import { loadMarket, type Market } from './market.ts';
import { factsOf } from './settle/gate.ts';

/** Rows judged again in one transaction. */
const ROWS_AT_A_TIME = 5000;

/**
 * Judges quarantined rows again after a data set that their rule waits for has been refreshed: what
 * passes now goes to its table and counts as covered; what does not stays held. Returns the rows let in.
 */
export async function replayQuarantine(deps: AppDeps, refreshed: DatasetId): Promise<number> {
  const rules = [
    ...new Set(
      Object.values(QUALITY_RULES)
        .flat()
        .filter((rule) => rule.replayAfter === refreshed)
        .map((rule) => rule.id),
    ),
  ];
  if (rules.length === 0) return 0;
  let replayed = 0;
  let after = 0;
  const markets = new Map<DatasetId, Promise<Market>>();
  const marketOf = ([first]: readonly HeldRow[]): Promise<Market> => {
    const { dataset } = first as HeldRow;
    const market = markets.get(dataset) ?? loadMarket(deps, dataset);
    markets.set(dataset, market);
    return market;
  };
  for (;;) {
    const held = await deps.store.heldRows(rules, after, ROWS_AT_A_TIME);
    if (held.length === 0) return replayed;
    after = (held.at(-1) as HeldRow).id;
    for (const group of Map.groupBy(held, (row) => `${row.dataset} ${row.source} ${row.runId}`).values()) {
      replayed += await replayGroup(deps, await marketOf(group), group);
    }
  }
}

async function replayGroup(deps: AppDeps, market: Market, held: readonly HeldRow[]): Promise<number> {
  const [{ dataset, source, runId }] = held as [HeldRow];
  const rows = held.map((one) => one.row);
  const verdict = validateBatch({
    dataset,
    rows,
    calendar: market.calendar,
    listingOf: (symbol) => factsOf(market, symbol),
  });
  if (verdict.accepted.length === 0) return 0;
  const accepted = new Set<Row>(verdict.accepted);
  const replay: QuarantineReplay = {
    ids: held.filter((one) => accepted.has(one.row)).map((one) => one.id),
    runId,
    // a row that has come since then is newer than what was held
    write: {
      dataset,
      source,
      columns: Object.keys(verdict.accepted[0] as Row),
      rows: verdict.accepted,
      mode: 'fill',
    },
    gains: rangesOf(deps, market, dataset, verdict.accepted).map((range) => ({
      kind: 'range',
      dataset,
      source,
      ...range,
    })),
  };
  await deps.store.replayHeldRows(replay);
  deps.log.info({ dataset, source, rows: verdict.accepted.length }, 'quarantined rows let in');
  return verdict.accepted.length;
}

function rangesOf(deps: AppDeps, market: Market, dataset: DatasetId, rows: readonly Row[]) {
  const grid = cellsOf(dataset);
  const { day: dayColumn } = keyColumns(dataset);
  if (grid === undefined || dayColumn === null || DATASETS[dataset].kind === 'intraday') return [];
  const lastFinal = lastFinalDay(market.calendar, DATASETS[dataset].finality, deps.marketNow());
  return [...Map.groupBy(rows, (row) => String(row['symbol']))].flatMap(([symbol, days]) => {
    const instrumentId = market.bySymbol.get(symbol)?.instrumentId;
    if (instrumentId === undefined) return [];
    const final = days.map((row) => row[dayColumn] as PlainDay).filter((day) => day <= lastFinal);
    return runsOfDays(market.calendar, final).map((range) => ({ instrumentId, ...range }));
  });
}
