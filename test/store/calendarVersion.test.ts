import { expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';

const database = useCleanDatabase();

it('gives the calendar another version with each day that comes, changes or goes', async () => {
  const { db } = database();
  const version = () => createStore(db).calendarVersion();
  const seen = [await version()];
  await db.rows(sql`
    INSERT INTO market.trade_calendar (exchange, cal_date, is_open, source, run_id, known_at)
    SELECT 'XSHG', day, true, 'tushare', 1, clock_timestamp() FROM generate_series(date '2024-01-02', '2024-01-04', '1 day') AS day`);
  seen.push(await version());
  await db.rows(sql`
    UPDATE market.trade_calendar SET is_open = false, known_at = clock_timestamp() WHERE cal_date = '2024-01-03'`);
  seen.push(await version());
  // of a change that was begun before the one above, and is committed after it
  await db.rows(sql`
    UPDATE market.trade_calendar SET is_open = false, known_at = known_at + interval '1 microsecond'
    WHERE cal_date = '2024-01-02'`);
  seen.push(await version());
  await db.rows(sql`DELETE FROM market.trade_calendar WHERE cal_date = '2024-01-04'`);
  seen.push(await version());
  expect(new Set(seen).size).toBe(seen.length);
  expect(await version()).toBe(seen.at(-1));
});
