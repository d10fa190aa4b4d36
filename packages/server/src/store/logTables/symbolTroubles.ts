import { sql, type RawBuilder } from '../connection.ts';

/** Items of a line that are told, and tries of each. */
const MOST_ITEMS = 5;
const MOST_TRIES = 5;

const FAILED_ITEMS = sql`
  SELECT t.no, t.source, t.from_day, t.to_day, t.error_code FROM tapekeeper.item t
  WHERE t.run_id = page.run_id AND t.instrument_id = page.instrument_id AND t.state IN ('failed', 'cancelled')
  UNION ALL
  SELECT t.no, t.source, t.from_day, t.to_day, t.error_code FROM tapekeeper.item t
  WHERE t.run_id = page.run_id AND t.instrument_id IS NULL AND t.state IN ('failed', 'cancelled')
    AND CASE WHEN page.instrument_id < octet_length(t.members) * 8 THEN get_bit(t.members, page.instrument_id) = 1 ELSE false END`;

/** Why line `page` has not gone well, as a JSON object; null for any other line. */
export const troublesOfLine: RawBuilder<unknown> = sql`
  CASE WHEN page.status IN ('failed', 'partial_success') AND page.instrument_id IS NOT NULL THEN jsonb_build_object(
    'troubles', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('item', t.no, 'source', t.source, 'from', t.from_day, 'to', t.to_day,
        'code', t.error_code, 'tries', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('no', a.no, 'at', floor(extract(epoch FROM a.ended_at) * 1000),
            'code', a.error_code, 'message', a.error_message) ORDER BY a.no), '[]')
          FROM (SELECT * FROM tapekeeper.attempt a WHERE a.run_id = page.run_id AND a.item_no = t.no
                  AND a.error_code IS NOT NULL ORDER BY a.no DESC LIMIT ${sql.lit(MOST_TRIES)}) AS a)) ORDER BY t.no), '[]')
      FROM (SELECT * FROM (${FAILED_ITEMS}) AS failed ORDER BY no LIMIT ${sql.lit(MOST_ITEMS)}) AS t),
    'refused', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('outcome', o.outcome, 'detail', o.detail) ORDER BY o.item_no), '[]')
      FROM (SELECT * FROM tapekeeper.symbol_outcome WHERE run_id = page.run_id AND instrument_id = page.instrument_id
              AND outcome IN ('failed', 'quarantined') ORDER BY item_no LIMIT ${sql.lit(MOST_ITEMS)}) AS o)) END`;
