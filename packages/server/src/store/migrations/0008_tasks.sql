-- What runs in one piece leave behind: figures of the tables, processes of commands, and how old details go.

-- How large each data set is, a row a day, so that growth can be told for years.
CREATE TABLE tapekeeper.table_statistics (
  dataset        text COLLATE "C" NOT NULL,
  taken_on       date NOT NULL,
  taken_at       timestamptz NOT NULL,
  run_id         bigint NOT NULL,
  rows           bigint NOT NULL,
  rows_exact     boolean NOT NULL,
  bytes          bigint NOT NULL,
  symbols        bigint,
  first_day      date,
  last_day       date,
  expected_cells bigint,
  gap_cells      bigint,
  fresh_as_of    timestamptz,
  last_run_id    bigint,
  last_run_state text COLLATE "C",
  PRIMARY KEY (dataset, taken_on)
);
COMMENT ON COLUMN tapekeeper.table_statistics.taken_on IS 'The day in Shanghai; a later count of the day replaces an earlier one.';
COMMENT ON COLUMN tapekeeper.table_statistics.rows_exact IS 'False where the table is so large that its rows are estimated.';

-- Programs that workers have begun, so that one whose worker died can be ended before it is begun again.
CREATE TABLE tapekeeper.command_process (
  run_id     bigint NOT NULL REFERENCES tapekeeper.run (id) ON DELETE CASCADE,
  shard_no   int NOT NULL,
  fence      bigint NOT NULL,
  host       text COLLATE "C" NOT NULL,
  pid        int NOT NULL,
  birth      text COLLATE "C" NOT NULL,
  token      text COLLATE "C" NOT NULL,
  started_at timestamptz NOT NULL DEFAULT tapekeeper.now(),
  PRIMARY KEY (run_id, shard_no, fence)
);
CREATE INDEX command_process_on ON tapekeeper.command_process (host);
COMMENT ON COLUMN tapekeeper.command_process.birth IS 'When the process was begun, as its machine counts: another process of the number has another one.';
COMMENT ON COLUMN tapekeeper.command_process.token IS 'In the environment of the program and of whatever it began.';

-- Rows that replayed by themselves have no time of their settlement.
CREATE INDEX quarantine_by_settlement ON tapekeeper.quarantine (coalesce(settled_at, at)) WHERE state <> 'held';

-- The number of the first run that was made at or after a time; one past the last where none was. Numbers
-- grow with time, so a search by halves looks at some twenty rows.
CREATE FUNCTION tapekeeper.first_run_since(since timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
  low bigint;
  high bigint;
  middle bigint;
  at_middle record;
BEGIN
  SELECT min(id), max(id) + 1 INTO low, high FROM tapekeeper.run;
  IF low IS NULL THEN RETURN 1; END IF;
  WHILE low < high LOOP
    middle := (low + high) / 2;
    SELECT id, created_at INTO at_middle FROM tapekeeper.run WHERE id >= middle AND id < high ORDER BY id LIMIT 1;
    IF at_middle.id IS NOT NULL AND at_middle.created_at < since THEN low := at_middle.id + 1;
    ELSE high := middle;
    END IF;
  END LOOP;
  RETURN low;
END $$;

-- Runs before this one are over and older than so many days.
CREATE FUNCTION tapekeeper.first_kept_run(keep_days int) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT least(
    tapekeeper.first_run_since(tapekeeper.now() - make_interval(days => keep_days)),
    (SELECT min(id) FROM tapekeeper.run WHERE state IN ('pending', 'running', 'paused')))
$$;

-- Tables of what runs did in detail, in partitions of 10,000 runs.
CREATE FUNCTION tapekeeper.run_detail_tables() RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS
$$ SELECT ARRAY['item', 'attempt', 'symbol_outcome', 'step', 'run_attempt', 'run_log'] $$;

-- Drops the details of 10,000 runs, all of them old; false where one of them is not, or the newest run is
-- among them. The runtime role has no DDL. Readers in the way are waited for a short while only.
CREATE FUNCTION tapekeeper.drop_run_partitions(slice bigint, keep_days int) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET lock_timeout = '3s' AS $$
DECLARE
  base text;
BEGIN
  IF slice < 0 OR keep_days < 1 THEN RETURN false; END IF;
  PERFORM pg_advisory_xact_lock(7206, 1);
  IF (slice + 1) * 10000 > tapekeeper.first_kept_run(keep_days) THEN RETURN false; END IF;
  IF slice >= (SELECT coalesce(max(id), 0) / 10000 FROM tapekeeper.run) THEN RETURN false; END IF;
  FOREACH base IN ARRAY tapekeeper.run_detail_tables() LOOP
    EXECUTE format('DROP TABLE IF EXISTS tapekeeper.%I', base || '_' || slice);
  END LOOP;
  RETURN true;
END $$;
