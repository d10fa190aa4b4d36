-- The log of events in partitions of a million each, so that old ones go by dropping a table.

ALTER TABLE tapekeeper.event RENAME TO event_before;
ALTER TABLE tapekeeper.event_before RENAME CONSTRAINT event_pkey TO event_before_pkey;

-- Numbered by one publisher, so that a reader who saw n never meets a smaller number later.
CREATE TABLE tapekeeper.event (
  seq     bigint PRIMARY KEY,
  topic   text COLLATE "C" NOT NULL,
  payload jsonb NOT NULL,
  at      timestamptz NOT NULL
) PARTITION BY RANGE (seq);

-- The partition of a number and the one before. A partition is made beside the table and attached then, so
-- that whoever reads, a backup for an hour perhaps, is not in the way. The runtime role has no DDL.
CREATE FUNCTION tapekeeper.ensure_event_partitions(up_to bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  slice bigint;
  name text;
BEGIN
  FOR slice IN greatest(up_to / 1000000 - 1, 0) .. up_to / 1000000 LOOP
    name := 'event_' || slice;
    CONTINUE WHEN to_regclass('tapekeeper.' || name) IS NOT NULL;
    PERFORM pg_advisory_xact_lock(7206, 2);
    CONTINUE WHEN to_regclass('tapekeeper.' || name) IS NOT NULL;
    EXECUTE format('CREATE TABLE tapekeeper.%I (LIKE tapekeeper.event INCLUDING ALL)', name);
    EXECUTE format('ALTER TABLE tapekeeper.event ATTACH PARTITION tapekeeper.%I FOR VALUES FROM (%s) TO (%s)',
      name, slice * 1000000, (slice + 1) * 1000000);
  END LOOP;
END $$;

SELECT tapekeeper.ensure_event_partitions(slice * 1000000) FROM generate_series(
  coalesce((SELECT min(seq) FROM tapekeeper.event_before), 0) / 1000000,
  (SELECT last_value FROM tapekeeper.event_seq) / 1000000 + 1) AS slice;
INSERT INTO tapekeeper.event SELECT * FROM tapekeeper.event_before;
DROP TABLE tapekeeper.event_before;

-- Drops the partitions in which every event is older than so many days, but never the newest one; returns how
-- many events went. Readers in the way are waited for a short while only.
CREATE FUNCTION tapekeeper.drop_event_partitions(keep_days int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET lock_timeout = '3s' AS $$
DECLARE
  slice bigint;
  newest bigint := (SELECT seq / 1000000 FROM tapekeeper.event ORDER BY seq DESC LIMIT 1);
  last_at timestamptz;
  events bigint;
  dropped bigint := 0;
BEGIN
  IF keep_days < 1 OR newest IS NULL THEN RETURN 0; END IF;
  FOR slice IN
    SELECT substring(c.relname FROM '_([0-9]+)$')::bigint FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'tapekeeper.event'::regclass ORDER BY 1
  LOOP
    EXIT WHEN slice >= newest;
    EXECUTE format('SELECT at FROM tapekeeper.%I ORDER BY seq DESC LIMIT 1', 'event_' || slice) INTO last_at;
    EXIT WHEN last_at >= tapekeeper.now() - make_interval(days => keep_days);
    EXECUTE format('SELECT count(*) FROM tapekeeper.%I', 'event_' || slice) INTO events;
    EXECUTE format('DROP TABLE tapekeeper.%I', 'event_' || slice);
    dropped := dropped + events;
  END LOOP;
  RETURN dropped;
END $$;
