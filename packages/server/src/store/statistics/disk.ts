import { DATASETS } from '@tapekeeper/core';
import type { DiskSample, TableSample } from '../../ports/statisticsStore.ts';
import { sql, type Database } from '../connection.ts';

/** Keeps how full the disk is as the figure of the day in Shanghai; a later one of the day replaces it. */
export async function sampleDisk(db: Database, freeMegabytes: number | null): Promise<void> {
  await db.rows(sql`
    INSERT INTO tapekeeper.disk_sample AS kept (taken_on, taken_at, database_bytes, free_megabytes)
    SELECT (at AT TIME ZONE 'Asia/Shanghai')::date, at, pg_database_size(current_database()),
      ${freeMegabytes === null ? null : Math.floor(freeMegabytes)}::bigint
    FROM tapekeeper.now() AS at
    ON CONFLICT (taken_on) DO UPDATE SET taken_at = EXCLUDED.taken_at, database_bytes = EXCLUDED.database_bytes,
      free_megabytes = coalesce(EXCLUDED.free_megabytes, kept.free_megabytes)`);
}

export async function diskSamples(db: Database, days: number): Promise<readonly DiskSample[]> {
  return db.rows(sql`
    SELECT taken_on AS "takenOn", taken_at AS "takenAt", database_bytes AS "databaseBytes",
      free_megabytes AS "freeMegabytes"
    FROM tapekeeper.disk_sample WHERE taken_on > ${lastDays(days)} ORDER BY taken_on`);
}

/** A range along the key of each data set. */
export async function tableSamples(db: Database, days: number): Promise<readonly TableSample[]> {
  return db.rows(sql`
    SELECT s.dataset, s.taken_on AS "takenOn", s.bytes
    FROM unnest(${Object.keys(DATASETS)}::text[]) WITH ORDINALITY AS d (name, place)
    CROSS JOIN LATERAL (
      SELECT dataset, taken_on, bytes FROM tapekeeper.table_statistics t
      WHERE t.dataset = d.name COLLATE "C" AND t.taken_on > ${lastDays(days)}) AS s
    ORDER BY d.place, s.taken_on`);
}

function lastDays(days: number): ReturnType<typeof sql> {
  return sql`((tapekeeper.now() AT TIME ZONE 'Asia/Shanghai')::date - ${days}::int)`;
}
