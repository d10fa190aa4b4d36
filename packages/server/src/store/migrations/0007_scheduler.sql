-- Jobs with versions, fires with decisions, and everything that can happen to a run while it lives.

-- The time that decides what is due, silent, late or to be tried again. Statements use nothing else, so
-- that replacing this one function moves all of it.
CREATE FUNCTION tapekeeper.now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE
AS 'SELECT clock_timestamp()';

ALTER TABLE tapekeeper.worker
  ADD COLUMN slots     int NOT NULL DEFAULT 0,
  ADD COLUMN vitals    jsonb,
  ADD COLUMN vitals_at timestamptz,
  ALTER COLUMN started_at SET DEFAULT tapekeeper.now();
COMMENT ON COLUMN tapekeeper.worker.vitals IS 'Memory, lag of the event loop and calls in flight, as the worker last told them.';

-- A loop that decides about fires; readiness and explanations read when it last turned.
CREATE TABLE tapekeeper.scheduler (
  boot       uuid PRIMARY KEY,
  node       text COLLATE "C" NOT NULL,
  pid        int NOT NULL,
  started_at timestamptz NOT NULL DEFAULT tapekeeper.now(),
  turned_at  timestamptz NOT NULL DEFAULT tapekeeper.now()
);

ALTER TABLE tapekeeper.job DROP CONSTRAINT job_key_key;
ALTER TABLE tapekeeper.job DROP COLUMN params, DROP COLUMN trigger, DROP COLUMN type;
ALTER TABLE tapekeeper.job
  ADD COLUMN definition         jsonb NOT NULL,
  ADD COLUMN type               text COLLATE "C" NOT NULL GENERATED ALWAYS AS (definition->>'type') STORED,
  ADD COLUMN name               text NOT NULL GENERATED ALWAYS AS (definition->>'name') STORED,
  ADD COLUMN trigger_kind       text COLLATE "C" NOT NULL GENERATED ALWAYS AS (definition#>>'{schedule,trigger,kind}') STORED,
  ADD COLUMN after_job_id       bigint GENERATED ALWAYS AS ((definition#>>'{schedule,trigger,jobId}')::bigint) STORED,
  ADD COLUMN concurrency_group  text COLLATE "C" GENERATED ALWAYS AS (definition#>>'{policies,group}') STORED,
  ADD COLUMN next_scheduled_for timestamptz,
  ADD COLUMN last_fire_id       bigint,
  ADD COLUMN updated_at         timestamptz NOT NULL DEFAULT tapekeeper.now(),
  ADD COLUMN deleted_at         timestamptz,
  ADD CHECK ((next_fire_at IS NULL) = (next_scheduled_for IS NULL)),
  ADD CHECK (next_fire_at IS NULL OR (state = 'enabled' AND deleted_at IS NULL));
CREATE UNIQUE INDEX job_key ON tapekeeper.job (key) WHERE deleted_at IS NULL;
CREATE INDEX job_after ON tapekeeper.job (after_job_id) WHERE after_job_id IS NOT NULL AND deleted_at IS NULL;
COMMENT ON COLUMN tapekeeper.job.next_fire_at IS 'When the next moment is due: next_scheduled_for, or later by the jitter.';

CREATE TABLE tapekeeper.job_version (
  job_id     bigint NOT NULL REFERENCES tapekeeper.job (id),
  version    int NOT NULL,
  definition jsonb NOT NULL,
  author     text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT tapekeeper.now(),
  PRIMARY KEY (job_id, version)
);

-- What people did to a job, so that it can be told why it did not run at a time long past.
CREATE TABLE tapekeeper.job_change (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id  bigint NOT NULL REFERENCES tapekeeper.job (id),
  at      timestamptz NOT NULL DEFAULT tapekeeper.now(),
  action  text COLLATE "C" NOT NULL CHECK (action IN
            ('created', 'updated', 'enabled', 'disabled', 'paused', 'resumed', 'triggered', 'deleted')),
  state   text COLLATE "C" NOT NULL,
  version int NOT NULL,
  author  text NOT NULL,
  detail  jsonb
);
CREATE INDEX job_change_of ON tapekeeper.job_change (job_id, at DESC, id DESC);

-- A row is made when a job first names the group; decisions lock it.
CREATE TABLE tapekeeper.concurrency_group (
  name text COLLATE "C" PRIMARY KEY,
  most int NOT NULL DEFAULT 1 CHECK (most > 0)
);

ALTER TABLE tapekeeper.fire
  ADD COLUMN job_version     int NOT NULL DEFAULT 1,
  ADD COLUMN blocker         jsonb,
  ADD COLUMN upstream_run_id bigint,
  ALTER COLUMN decided_at SET DEFAULT tapekeeper.now();

-- What did not run is sought over all jobs; what ran is found by its job.
CREATE INDEX fire_by_decision ON tapekeeper.fire (decision, id DESC);

-- Runs that ended well and are followed by jobs which have not been fired for it yet.
CREATE TABLE tapekeeper.after_due (
  job_id          bigint NOT NULL REFERENCES tapekeeper.job (id),
  upstream_run_id bigint NOT NULL,
  ended_at        timestamptz NOT NULL,
  PRIMARY KEY (job_id, upstream_run_id)
);

ALTER TABLE tapekeeper.run DROP CONSTRAINT run_type_check, DROP CONSTRAINT run_cause_check;
ALTER TABLE tapekeeper.run
  ALTER COLUMN dataset DROP NOT NULL,
  ALTER COLUMN params DROP NOT NULL,
  ALTER COLUMN created_at SET DEFAULT tapekeeper.now(),
  ADD COLUMN wish              jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN job_version       int,
  ADD COLUMN upstream_run_id   bigint,
  ADD COLUMN node              text COLLATE "C",
  ADD COLUMN priority          text COLLATE "C" NOT NULL DEFAULT 'normal' CHECK (priority IN ('live', 'normal', 'backfill')),
  ADD COLUMN concurrency_group text COLLATE "C",
  ADD COLUMN waits_for_turn    boolean NOT NULL DEFAULT false,
  ADD COLUMN timeout_seconds   int CHECK (timeout_seconds > 0),
  ADD COLUMN deadline_at       timestamptz,
  ADD COLUMN attempt           int NOT NULL DEFAULT 1,
  ADD COLUMN max_attempts      int NOT NULL DEFAULT 3 CHECK (max_attempts > 0),
  ADD COLUMN retry_seconds     int NOT NULL DEFAULT 60 CHECK (retry_seconds >= 0),
  ADD COLUMN retry_waited_ms   bigint NOT NULL DEFAULT 0,
  ADD COLUMN stop              jsonb,
  ADD COLUMN stop_asked_at     timestamptz,
  ADD COLUMN pause_asked_at    timestamptz,
  ADD COLUMN result            jsonb,
  ADD CONSTRAINT run_type_check CHECK (type IN ('sync', 'repair', 'reconcile', 'source_check', 'statistics',
    'retention', 'export', 'workflow', 'example', 'command')),
  ADD CONSTRAINT run_cause_check CHECK (cause IN ('fire', 'person', 'requirement', 'after', 'workflow')),
  ADD CHECK (type NOT IN ('sync', 'repair') OR dataset IS NOT NULL),
  ADD CHECK ((stop IS NULL) = (stop_asked_at IS NULL));
COMMENT ON COLUMN tapekeeper.run.wish IS 'What was asked for, in the form of its type; params is what a sync has made of it.';
COMMENT ON COLUMN tapekeeper.run.stop IS 'How it is to end: {end: cancelled | failed, code, reason, by}.';
CREATE INDEX run_by_job ON tapekeeper.run (job_id, id DESC) WHERE job_id IS NOT NULL;
CREATE INDEX run_open_by_job ON tapekeeper.run (job_id, id) WHERE job_id IS NOT NULL AND state IN ('pending', 'running', 'paused');
CREATE INDEX run_open_by_group ON tapekeeper.run (concurrency_group, id)
  WHERE concurrency_group IS NOT NULL AND state IN ('pending', 'running', 'paused');
CREATE INDEX run_waits_for_turn ON tapekeeper.run (id) WHERE waits_for_turn AND state = 'pending';
CREATE INDEX run_stopping ON tapekeeper.run (stop_asked_at) WHERE stop IS NOT NULL AND state IN ('pending', 'running', 'paused');
CREATE INDEX run_deadline ON tapekeeper.run (deadline_at) WHERE deadline_at IS NOT NULL AND state IN ('pending', 'running', 'paused');
CREATE UNIQUE INDEX run_after ON tapekeeper.run (job_id, upstream_run_id) WHERE upstream_run_id IS NOT NULL;
CREATE UNIQUE INDEX run_node ON tapekeeper.run (parent_run_id, node) WHERE node IS NOT NULL;

ALTER TABLE tapekeeper.shard DROP CONSTRAINT shard_kind_check;
ALTER TABLE tapekeeper.shard
  ADD CONSTRAINT shard_kind_check CHECK (kind IN ('plan', 'fetch', 'task', 'workflow')),
  ALTER COLUMN updated_at SET DEFAULT tapekeeper.now();

-- Steps of runs that are one piece of work; those of syncs are read off their shards.
CREATE TABLE tapekeeper.step (
  run_id       bigint NOT NULL,
  no           int NOT NULL,
  name         text COLLATE "C" NOT NULL,
  state        text COLLATE "C" NOT NULL CHECK (state IN ('pending', 'running', 'done', 'failed', 'skipped', 'cancelled')),
  weight       real NOT NULL DEFAULT 1,
  estimated_ms bigint,
  done         bigint NOT NULL DEFAULT 0,
  total        bigint NOT NULL DEFAULT 0,
  detail       text,
  started_at   timestamptz,
  finished_at  timestamptz,
  PRIMARY KEY (run_id, no)
) PARTITION BY RANGE (run_id);

-- Every try of a run as a whole; tries of items are in attempt.
CREATE TABLE tapekeeper.run_attempt (
  run_id     bigint NOT NULL,
  no         int NOT NULL,
  worker_id  bigint,
  started_at timestamptz NOT NULL,
  ended_at   timestamptz,
  error      jsonb,
  PRIMARY KEY (run_id, no)
) PARTITION BY RANGE (run_id);

CREATE TABLE tapekeeper.run_log (
  run_id bigint NOT NULL,
  no     bigint GENERATED ALWAYS AS IDENTITY,
  at     timestamptz NOT NULL DEFAULT tapekeeper.now(),
  stream text COLLATE "C" NOT NULL CHECK (stream IN ('out', 'err', 'info', 'warn', 'error')),
  line   text NOT NULL,
  PRIMARY KEY (run_id, no)
) PARTITION BY RANGE (run_id);

CREATE OR REPLACE FUNCTION tapekeeper.ensure_run_partitions(up_to bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  base text;
  slice bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(7206, 1);
  FOR slice IN greatest(up_to / 10000 - 1, 0) .. up_to / 10000 LOOP
    FOREACH base IN ARRAY ARRAY['item', 'attempt', 'symbol_outcome', 'step', 'run_attempt', 'run_log'] LOOP
      EXECUTE format('CREATE TABLE IF NOT EXISTS tapekeeper.%I PARTITION OF tapekeeper.%I FOR VALUES FROM (%s) TO (%s)',
        base || '_' || slice, base, slice * 10000, (slice + 1) * 10000);
    END LOOP;
  END LOOP;
END $$;
SELECT tapekeeper.ensure_run_partitions(coalesce((SELECT max(id) FROM tapekeeper.run), 0) + 19999);
