import { sampleFolder, openWorld, startReplay, type Replay, type World } from '@tapekeeper/replay';
import { DATASETS, plainDay, shanghaiInstant, symbolOf, type DatasetId, type Row } from '@tapekeeper/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { AskContext, Question, Source } from '../../packages/server/src/ports/source.ts';
import { createTushareSource } from '../../packages/server/src/sources/tushare/tushareSource.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { writeRows } from '../../packages/server/src/store/marketRows.ts';
import { createAppStand, type AppStand } from '../support/appStand.ts';
import { emptyTables, useCleanDatabase } from '../support/cleanDatabase.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { makeSmallWorld } from '../cli/smallWorld.ts';
import { serveDatabase, TOKEN, type ServedDatabase } from './servedDatabase.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const CONTEXT: AskContext = { beforeCall: async () => {}, signal: new AbortController().signal };

function sourceAt(baseUrl: string, token = TOKEN): Source {
  return createTushareSource({ baseUrl, token: () => token, clock: systemClock });
}

/** Rows of a table without where and when they came from. */
async function contentsOf(db: Database, dataset: DatasetId): Promise<readonly unknown[]> {
  const order = DATASETS[dataset].key.map((name) => sql.ref(name));
  const rows = await db.rows<{ row: unknown }>(sql`
    SELECT to_jsonb(t) - 'source' - 'run_id' - 'known_at' AS row
    FROM ${sql.table(`market.${dataset}`)} AS t ORDER BY ${sql.join(order)}`);
  return rows.map(({ row }) => row);
}

describe('a second installation whose Tushare is the first', () => {
  let first: TestDatabase;
  let second: TestDatabase;
  let replay: Replay;
  let world: World;
  let served: ServedDatabase;

  beforeAll(async () => {
    [first, second] = await Promise.all([createDatabase('first'), createDatabase('second')]);
    world = await openWorld(sampleFolder());
    replay = await startReplay({ world });
    served = await serveDatabase(first.db);
  });

  afterAll(async () => {
    await served.close();
    await replay.stop();
    await Promise.all([first.drop(), second.drop()]);
  });

  function standOf({ db }: TestDatabase, baseUrl: string): Promise<AppStand> {
    const evening = shanghaiInstant(world.lastDay, 20 * 60);
    return createAppStand(db, { sources: [sourceAt(baseUrl)], marketNow: () => evening });
  }

  it('collects an identical database', async () => {
    const wishes = ['daily_bars', 'adj_factors', 'daily_basics'] as const;
    const from = plainDay('2024-09-02');
    for (const [database, url] of [
      [first, replay.tushareUrl],
      [second, `${served.url}/dataapi`],
    ] as const) {
      const stand = await standOf(database, url);
      for (const dataset of wishes) {
        const run = await stand.sync({ dataset, from, to: world.lastDay });
        expect([dataset, run.state, run.outcomes.failed ?? 0]).toEqual([dataset, 'success', 0]);
      }
    }
    for (const dataset of ['stock_basics', 'trade_calendar', ...wishes] as const) {
      const contents = await contentsOf(first.db, dataset);
      expect(contents.length).toBeGreaterThan(90);
      expect(await contentsOf(second.db, dataset)).toEqual(contents);
    }
  });

  it('is understood by clients that call the root', async () => {
    const question = { dataset: 'daily_bars', shape: 'day', day: world.lastDay } as const;
    const answers = await Promise.all(
      [`${served.url}/dataapi`, served.url].map((url) => sourceAt(url).ask(question, CONTEXT)),
    );
    expect(answers[0]?.batches[0]?.rows.length).toBeGreaterThan(90);
    expect(answers[1]).toEqual(answers[0]);
  });
});

describe('what Tushare gives', () => {
  const database = useCleanDatabase();
  let folder: Awaited<ReturnType<typeof makeSmallWorld>>;
  let world: World;
  let replay: Replay;
  let served: ServedDatabase;

  beforeAll(async () => {
    folder = await makeSmallWorld();
    world = await openWorld(folder.folder);
    replay = await startReplay({ world });
    served = await serveDatabase(database().db);
  });
  afterAll(async () => {
    await served.close();
    await replay.stop();
    await folder.remove();
  });
  beforeEach(() => emptyTables(database().db));

  const symbol = symbolOf('600000.SH');
  const span = { from: plainDay('2024-07-01'), to: plainDay('2024-12-31') };

  it.each<Question>([
    { dataset: 'stock_basics', shape: 'all', ...span },
    { dataset: 'trade_calendar', shape: 'all', ...span },
    { dataset: 'index_basics', shape: 'all', ...span },
    { dataset: 'index_bars', shape: 'symbol', symbol: symbolOf('000001.SH'), ...span },
    { dataset: 'daily_bars', shape: 'symbol', symbol, ...span },
    { dataset: 'daily_basics', shape: 'day', day: span.to },
    { dataset: 'adj_factors', shape: 'day', day: span.to },
    { dataset: 'price_limits', shape: 'day', day: span.to },
    { dataset: 'suspensions', shape: 'day', day: plainDay('2024-07-22') },
    { dataset: 'name_changes', shape: 'all', from: plainDay('1990-01-01'), to: span.to },
    { dataset: 'dividends', shape: 'symbol', symbol, from: plainDay('2022-01-01'), to: span.to },
    { dataset: 'financials', shape: 'symbol', symbol, from: plainDay('2023-01-01'), to: span.to },
  ])('comes back from the database as it came: $dataset', async (question) => {
    const given = await sourceAt(replay.tushareUrl).ask(question, CONTEXT);
    const [batch] = given.batches;
    expect(batch?.rows.length).toBeGreaterThan(0);
    const { db } = database();
    await db.transaction((tx) =>
      writeRows(
        tx,
        {
          dataset: question.dataset,
          columns: batch?.columns ?? [],
          rows: batch?.rows ?? [],
          source: 'tushare',
          mode: 'replace',
        },
        { runId: 1, knownAt: 0 },
      ),
    );
    const back = await sourceAt(`${served.url}/dataapi`).ask(question, CONTEXT);
    expect(back.unreadable).toEqual([]);
    expect(byKey(question.dataset, back.batches[0]?.rows.map(known))).toEqual(
      byKey(question.dataset, batch?.rows.map(known)),
    );
  });

  /** A column that did not come is kept as one that is not known, and goes out as such. */
  function known(row: Row): Row {
    return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  }

  function byKey(dataset: DatasetId, rows: readonly Row[] = []): readonly Row[] {
    const keyOf = (row: Row): string => DATASETS[dataset].key.map((name) => String(row[name])).join(' ');
    return rows.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  }
});
