import { Bitmap, plainDay, type Row } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import { createStore } from '../../packages/server/src/store/store.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { fillHistory } from '../support/history.ts';
import { usePlans } from '../support/plans.ts';
import { addWorker } from '../support/queue.ts';
import { rowOf } from '../support/smallMarket.ts';

// What an import asks must not grow with the history of runs, nor with what is stored of other symbols.

const RUNS = 5_000;
const SYMBOLS = 200;
const DAYS = 250;

async function fillBars(owner: Database): Promise<void> {
  await owner.rows(sql`
    INSERT INTO market.daily_bars (symbol, trade_date, open, high, low, close, pre_close, volume, amount, source, run_id, known_at)
    SELECT (600000 + s) || '.SH', DATE '2023-01-02' + d, 1, 1, 1, 1, 1, 1, 1, 'tushare', 1, tapekeeper.now()
    FROM generate_series(1, ${SYMBOLS}::int) AS s, generate_series(0, ${DAYS - 1}::int) AS d`);
}

const found: unknown[] = [];

const plans = usePlans('import_plans', async ({ owner, db, at }) => {
  await fillHistory(owner, { runs: RUNS, itemsARun: 3 });
  await fillBars(owner);
  const [last] = await owner.rows<{ id: number }>(sql`SELECT max(id) AS id FROM tapekeeper.run`);
  await owner.rows(sql`
    UPDATE tapekeeper.run SET type = 'import', dataset = 'daily_bars', wish = '{"file": "a"}' WHERE id % 5 = 0`);
  await owner.rows(sql`VACUUM (ANALYZE)`);
  const store = createStore(db);
  found.push(await at('files', () => store.filesOfOpenImports()));
  const rows: Row[] = [0, 1, 2, 3, 4].map((day) =>
    rowOf('daily_bars', '600007.SH', plainDay(`2023-03-0${day + 1}`)),
  );
  const columns = ['symbol', 'trade_date', 'open', 'high', 'low', 'close', 'pre_close', 'volume', 'amount'];
  found.push(
    await at('compare', () =>
      store.compareRows({ dataset: 'daily_bars', source: 'file', columns, rows, mode: 'fill' }),
    ),
  );
  const runId = last?.id ?? 0;
  const workerId = await addWorker(createStore(owner));
  await owner.rows(sql`
    UPDATE tapekeeper.shard SET fence = 7, open = true, worker_id = ${workerId} WHERE run_id = ${runId} AND no = 0`);
  const claim = { kind: 'task', round: 0, source: null, troubles: 0 } as const;
  const held = { ...claim, runId, shardNo: 0, fence: 7, workerId };
  const portion = {
    from: plainDay('2023-01-02'),
    to: plainDay('2023-01-03'),
    members: Bitmap.of([1]).toBytes(),
    symbols: 1,
  };
  await at('begin', () => store.beginPortions(held, [{ no: 1_000, ...portion }]));
  found.push(await at('done', () => store.portionsAreDone(held)));
});

it('reads by index, and no more than is asked for', () => {
  expect(found[1]).toEqual([{ symbol: '600007.SH', fresh: 0, gaining: 0, differing: 5 }]);
  expect(plans.tables().has('item')).toBe(true);
  expect(plans.wholeReads(['run', 'shard', 'item', 'daily_bars'])).toEqual([]);
  expect(plans.longReads(['run', 'shard', 'item'], 1_000)).toEqual([]);
});
