import { expect } from 'vitest';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';

/**
 * What holds at every moment, whatever went wrong before: nothing is covered without a row, every row
 * names a run, and counters are what they count. The place is named when something does not hold.
 */
export async function expectAgreement(db: Database, place: string): Promise<void> {
  for (const [what, query] of Object.entries(DISAGREEMENTS)) {
    expect([place, what, await db.rows(query)]).toEqual([place, what, []]);
  }
}

/** Each finds what must not be there. */
const DISAGREEMENTS = {
  'covered days without a row': sql`
    SELECT c.day, i.symbol FROM tapekeeper.coverage_day c
    JOIN tapekeeper.instrument i ON i.id < octet_length(c.members) * 8 AND get_bit(c.members, i.id) = 1
    WHERE c.dataset = 'daily_bars' AND NOT EXISTS (
      SELECT 1 FROM market.daily_bars b WHERE b.symbol = i.symbol AND b.trade_date = c.day)`,
  'covered ranges with a trading day without a row': sql`
    SELECT c.from_day, c.to_day, i.symbol, d.cal_date FROM tapekeeper.coverage_range c
    JOIN tapekeeper.instrument i ON i.id = c.instrument_id
    JOIN market.trade_calendar d ON d.exchange = 'XSHG' AND d.is_open AND d.cal_date BETWEEN c.from_day AND c.to_day
    WHERE c.dataset = 'daily_bars' AND NOT EXISTS (
      SELECT 1 FROM market.daily_bars b WHERE b.symbol = i.symbol AND b.trade_date = d.cal_date)`,
  'rows of no run': sql`
    SELECT symbol, trade_date FROM market.daily_bars b WHERE NOT EXISTS (SELECT 1 FROM tapekeeper.run r WHERE r.id = b.run_id)`,
  'shards whose counters are not what their items say': sql`
    SELECT s.run_id, s.no FROM tapekeeper.shard s LEFT JOIN tapekeeper.item i ON i.run_id = s.run_id AND i.shard_no = s.no
    GROUP BY s.run_id, s.no
    HAVING s.items_done <> count(*) FILTER (WHERE i.state = 'done') OR s.items_failed <> count(*) FILTER (WHERE i.state = 'failed')
      OR s.calls <> (SELECT coalesce(sum(a.calls), 0) FROM tapekeeper.attempt a JOIN tapekeeper.item t ON t.run_id = a.run_id AND t.no = a.item_no
                     WHERE t.run_id = s.run_id AND t.shard_no = s.no)`,
  'ended runs with something open': sql`
    SELECT r.id FROM tapekeeper.run r
    WHERE r.state NOT IN ('pending', 'running', 'paused') AND (r.open_shards <> 0 OR r.finished_at IS NULL
      OR EXISTS (SELECT 1 FROM tapekeeper.shard s WHERE s.run_id = r.id AND (s.open OR s.worker_id IS NOT NULL))
      OR EXISTS (SELECT 1 FROM tapekeeper.item i WHERE i.run_id = r.id AND i.state IN ('pending', 'running')))`,
  'open runs with another number of open shards than they say': sql`
    SELECT r.id FROM tapekeeper.run r
    WHERE r.open_shards <> (SELECT count(*) FROM tapekeeper.shard s WHERE s.run_id = r.id AND s.open)`,
} as const;
