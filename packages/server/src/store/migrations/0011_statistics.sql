-- What became of runs, summed up by hour, day and month, so that no question about history reads history.

-- Runs that have ended and are in no sum yet: put here by the transaction that ends them, taken away by the one
-- that adds them up.
CREATE TABLE tapekeeper.run_ended (
  run_id bigint PRIMARY KEY,
  facts  jsonb
);
COMMENT ON COLUMN tapekeeper.run_ended.facts IS 'What counts of a run that was removed before it was added up.';

-- What counts of a run that has ended; null where there is none.
CREATE FUNCTION tapekeeper.ended_run_facts(of_run bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
  ended record;
  shares jsonb;
  failures jsonb := '[]';
BEGIN
  SELECT * INTO ended FROM tapekeeper.run WHERE id = of_run;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT coalesce(jsonb_agg(to_jsonb(share)), '[]') INTO shares FROM (
    SELECT source, sum(items_done) AS "itemsOk", sum(items_failed) AS "itemsFailed",
      sum(coalesce((outcomes->>'ok')::bigint, 0) + coalesce((outcomes->>'unchanged')::bigint, 0)) AS "symbolsOk",
      sum(coalesce((outcomes->>'failed')::bigint, 0) + coalesce((outcomes->>'quarantined')::bigint, 0)) AS "symbolsFailed",
      sum(coalesce((outcomes->>'absent')::bigint, 0) + coalesce((outcomes->>'suspended')::bigint, 0)
        + coalesce((outcomes->>'fell_back')::bigint, 0)) AS "symbolsOther",
      sum(rows_written) AS "rowsWritten", sum(rows_unchanged) AS "rowsUnchanged", sum(calls) AS calls, sum(bytes) AS bytes
    FROM tapekeeper.shard WHERE run_id = of_run GROUP BY source) AS share;
  IF EXISTS (SELECT 1 FROM jsonb_array_elements(shares) AS share WHERE (share->>'itemsFailed')::bigint > 0) THEN
    SELECT coalesce(jsonb_agg(jsonb_build_object('source', failed.source, 'code', failed.code, 'count', failed.count,
      'message', (SELECT a.error_message FROM tapekeeper.attempt a
                  WHERE a.run_id = of_run AND a.item_no = failed.item ORDER BY a.no DESC LIMIT 1))), '[]') INTO failures
    FROM (
      SELECT source, coalesce(error_code, 'internal') AS code, count(*) AS count, max(no) AS item
      FROM tapekeeper.item WHERE run_id = of_run AND state = 'failed' GROUP BY 1, 2) AS failed;
  END IF;
  RETURN jsonb_build_object('id', ended.id, 'type', ended.type, 'dataset', ended.dataset, 'jobId', ended.job_id,
    'cause', ended.cause, 'state', ended.state,
    'createdAt', floor(extract(epoch FROM ended.created_at) * 1000),
    'startedAt', floor(extract(epoch FROM ended.started_at) * 1000),
    'finishedAt', floor(extract(epoch FROM coalesce(ended.finished_at, ended.created_at)) * 1000),
    'retryWaitedMs', ended.retry_waited_ms,
    'error', CASE WHEN ended.state = 'failed'
                  THEN jsonb_build_object('code', coalesce(ended.error->>'code', ended.reason, 'internal'), 'message', ended.error->>'message') END,
    'shares', shares, 'failures', failures);
END $$;

CREATE FUNCTION tapekeeper.note_ended_run() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO tapekeeper.run_ended (run_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER run_born_ended AFTER INSERT ON tapekeeper.run
  FOR EACH ROW WHEN (NEW.state NOT IN ('pending', 'running', 'paused')) EXECUTE FUNCTION tapekeeper.note_ended_run();
CREATE TRIGGER run_ended AFTER UPDATE OF state ON tapekeeper.run
  FOR EACH ROW WHEN (NEW.state NOT IN ('pending', 'running', 'paused') AND OLD.state IN ('pending', 'running', 'paused'))
  EXECUTE FUNCTION tapekeeper.note_ended_run();

-- A run that is removed before it was added up leaves what counts of it. Where it is being added up, its removal waits.
CREATE FUNCTION tapekeeper.keep_ended_run() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  UPDATE tapekeeper.run_ended SET facts = tapekeeper.ended_run_facts(OLD.id) WHERE run_id = OLD.id AND facts IS NULL;
  RETURN OLD;
END $$;
CREATE TRIGGER run_removed BEFORE DELETE ON tapekeeper.run
  FOR EACH ROW EXECUTE FUNCTION tapekeeper.keep_ended_run();

-- A row is a stretch of time and a scope: all runs, those of a type, of a job, of a data set, or those that asked
-- a source, of which it has only what that source gave. A run counts where it ended. Kept for ever.
CREATE TABLE tapekeeper.run_rollup (
  scope               text COLLATE "C" NOT NULL CHECK (scope IN ('all', 'type', 'job', 'dataset', 'source')),
  subject             text COLLATE "C" NOT NULL,
  grain               text COLLATE "C" NOT NULL CHECK (grain IN ('hour', 'day', 'month')),
  starts_at           timestamptz NOT NULL,
  runs                bigint NOT NULL,
  success             bigint NOT NULL,
  success_with_errors bigint NOT NULL,
  failed              bigint NOT NULL,
  cancelled           bigint NOT NULL,
  skipped             bigint NOT NULL,
  missed              bigint NOT NULL,
  by_fire             bigint NOT NULL,
  by_person           bigint NOT NULL,
  by_requirement      bigint NOT NULL,
  by_after            bigint NOT NULL,
  by_workflow         bigint NOT NULL,
  started             bigint NOT NULL,
  retried             bigint NOT NULL,
  waiting_ms          bigint NOT NULL,
  running_ms          bigint NOT NULL,
  retry_wait_ms       bigint NOT NULL,
  items_ok            bigint NOT NULL,
  items_failed        bigint NOT NULL,
  symbols_ok          bigint NOT NULL,
  symbols_failed      bigint NOT NULL,
  symbols_other       bigint NOT NULL,
  rows_written        bigint NOT NULL,
  rows_unchanged      bigint NOT NULL,
  calls               bigint NOT NULL,
  bytes               bigint NOT NULL,
  waiting             bigint[] NOT NULL,
  running             bigint[] NOT NULL,
  retry_wait          bigint[] NOT NULL,
  PRIMARY KEY (scope, subject, grain, starts_at)
) WITH (fillfactor = 70);
CREATE INDEX run_rollup_by_time ON tapekeeper.run_rollup (scope, grain, starts_at);
COMMENT ON COLUMN tapekeeper.run_rollup.subject IS 'Number of the job, name of the data set, source or type; empty for all.';
COMMENT ON COLUMN tapekeeper.run_rollup.starts_at IS 'Days and months are those of Shanghai.';
COMMENT ON COLUMN tapekeeper.run_rollup.started IS 'Runs that began to work: those that durations are of.';
COMMENT ON COLUMN tapekeeper.run_rollup.running_ms IS 'From start to end without the waits between attempts.';
COMMENT ON COLUMN tapekeeper.run_rollup.running IS 'How many runs took how long: a number for each bucket of milliseconds that is not empty, count * 512 + bucket; bucket n > 0 ends at (1.05/0.95)^(n-1).';

-- Adds up two of these, bucket by bucket.
CREATE FUNCTION tapekeeper.add_buckets(one bigint[], other bigint[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
  SELECT coalesce(array_agg(count * 512 + bucket ORDER BY bucket), '{}') FROM (
    SELECT packed & 511 AS bucket, sum(packed >> 9)::bigint AS count
    FROM unnest(one || other) AS packed GROUP BY 1) AS added
$$;

-- Failures that read alike but for numbers, symbols, days and the like.
CREATE TABLE tapekeeper.error_group (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind         text COLLATE "C" NOT NULL CHECK (kind IN ('run', 'item')),
  code         text COLLATE "C" NOT NULL,
  source       text COLLATE "C" NOT NULL,
  fingerprint  text COLLATE "C" NOT NULL,
  message      text,
  datasets     text[] NOT NULL,
  count        bigint NOT NULL,
  first_at     timestamptz NOT NULL,
  last_at      timestamptz NOT NULL,
  first_run_id bigint NOT NULL,
  last_run_id  bigint NOT NULL,
  UNIQUE (kind, code, source, fingerprint)
);
COMMENT ON COLUMN tapekeeper.error_group.source IS 'Empty for failures of runs as a whole.';
COMMENT ON COLUMN tapekeeper.error_group.message IS 'As it last read, with secrets masked.';

CREATE TABLE tapekeeper.error_day (
  group_id bigint NOT NULL,
  day      date NOT NULL,
  count    bigint NOT NULL,
  PRIMARY KEY (group_id, day)
);
CREATE INDEX error_day_by_day ON tapekeeper.error_day (day);
COMMENT ON COLUMN tapekeeper.error_day.day IS 'Day in Shanghai on which the runs ended.';

-- How full the disk was, a row a day, so that it can be told when it will be full.
CREATE TABLE tapekeeper.disk_sample (
  taken_on       date PRIMARY KEY,
  taken_at       timestamptz NOT NULL,
  database_bytes bigint NOT NULL,
  free_megabytes bigint
);
COMMENT ON COLUMN tapekeeper.disk_sample.taken_on IS 'The day in Shanghai; a later sample of the day replaces an earlier one.';
COMMENT ON COLUMN tapekeeper.disk_sample.free_megabytes IS 'Null where the database is on another machine.';

-- Lists of the runs of a type that is rare would else go through all the others.
CREATE INDEX run_by_type ON tapekeeper.run (type, id DESC);

INSERT INTO tapekeeper.run_ended (run_id)
  SELECT id FROM tapekeeper.run WHERE state NOT IN ('pending', 'running', 'paused');
