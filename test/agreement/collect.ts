import {
  DATASETS,
  isDatasetId,
  plainDay,
  shanghaiInstant,
  type DatasetId,
  type Row,
  type SourceId,
} from '@tapekeeper/core';
import type { Replay, World } from '@tapekeeper/replay';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { Source } from '../../packages/server/src/ports/source.ts';
import { createAkshareSource } from '../../packages/server/src/sources/akshare/akshareSource.ts';
import { createBaostockSource } from '../../packages/server/src/sources/baostock/baostockSource.ts';
import { createTushareSource } from '../../packages/server/src/sources/tushare/tushareSource.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { tradingDaysOf } from '../conformance/baostockStand.ts';
import { createAppStand } from '../support/appStand.ts';
import { emptyTables } from '../support/cleanDatabase.ts';
import { tableOf, type Table } from './compareTables.ts';

/** A data set over the days of which it is compared. */
export interface Wish {
  readonly dataset: DatasetId;
  readonly from: string;
  readonly to: string;
}

/** What a source has filled, by data set; a data set that it does not serve is left out. */
export type Tables = Partial<Record<DatasetId, Table>>;

export interface Refused {
  readonly dataset: DatasetId;
  readonly detail: string;
  readonly rows: number;
}

/** All that one source has brought into an empty database, and what of it was kept out. */
export interface Collected {
  readonly tables: Tables;
  readonly quarantined: readonly Refused[];
  /** How the run of each data set ended. */
  readonly states: Partial<Record<DatasetId, string>>;
}

/** The market stands still on the evening of the last day that has bars. */
export function eveningOf(world: World): number {
  return shanghaiInstant(plainDay(world.lastDay), 20 * 60);
}

function sourceOf(id: SourceId, world: World, replay: Replay): Source {
  const clock = { ...systemClock, now: () => eveningOf(world) };
  const tradingDays = tradingDaysOf(world);
  switch (id) {
    case 'tushare':
      return createTushareSource({ baseUrl: replay.tushareUrl, token: () => 'a1'.repeat(28), clock });
    case 'akshare':
      return createAkshareSource({ baseUrl: replay.akshareUrl, clock, tradingDays });
    case 'baostock':
      return createBaostockSource({ address: replay.baostockUrl, clock, tradingDays });
  }
}

/** Collects into an empty database with one source alone, through plan, gate and commit, and reads all of it. */
export async function collectWith(
  db: Database,
  id: SourceId,
  upstream: { readonly world: World; readonly replay: Replay },
  wishes: readonly Wish[],
): Promise<Collected> {
  await emptyTables(db);
  const { world, replay } = upstream;
  const source = sourceOf(id, world, replay);
  try {
    const stand = await createAppStand(db, { sources: [source], marketNow: () => eveningOf(world) });
    const served = new Set(source.capabilities.map(({ dataset }) => dataset));
    const tables: Tables = {};
    const states: Partial<Record<DatasetId, string>> = {};
    for (const { dataset, from, to } of wishes) {
      if (!served.has(dataset)) continue;
      const run = await stand.sync({ dataset, from, to });
      // rows that are set aside are told of with what was refused
      if (run.state !== 'success' && run.state !== 'success_with_errors')
        throw new Error(`${dataset} of ${id} ended ${run.state}: ${run.error?.message ?? ''}`);
      states[dataset] = run.state;
    }
    for (const { dataset } of wishes) if (served.has(dataset)) tables[dataset] = await readTable(db, dataset);
    return { tables, states, quarantined: await quarantined(db) };
  } finally {
    await source.close();
  }
}

/** What was refused, by data set and reason. */
async function quarantined(db: Database): Promise<readonly Refused[]> {
  return db.rows<Refused>(sql`
    SELECT dataset, detail, count(*)::int AS rows FROM tapekeeper.quarantine GROUP BY 1, 2 ORDER BY 1, 2`);
}

export async function readTable(db: Database, dataset: DatasetId): Promise<Table> {
  if (!isDatasetId(dataset)) throw new Error(`no data set ${String(dataset)}`);
  const names = DATASETS[dataset].columns.map(({ name }) => sql.id(name));
  const rows = await db.rows<Row>(sql`SELECT ${sql.join(names)} FROM ${sql.table(`market.${dataset}`)}`);
  return tableOf(dataset, rows);
}
