-- Control tables: what the installation is, who works in it, and the life of runs.
-- Schema tapekeeper belongs to the owner role; the runtime role reads and writes rows only.

CREATE SCHEMA IF NOT EXISTS tapekeeper;

CREATE TABLE tapekeeper.installation (
  only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  id         uuid NOT NULL DEFAULT gen_random_uuid(),
  mode       text NOT NULL CHECK (mode IN ('live', 'replay')),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE tapekeeper.installation IS 'One row: whether this database holds live or replayed data.';

-- The legal steps of the state machines, as in the core; a test holds the two together.
CREATE TABLE tapekeeper.state_step (
  machine    text COLLATE "C" NOT NULL,
  from_state text COLLATE "C" NOT NULL,
  to_state   text COLLATE "C" NOT NULL,
  PRIMARY KEY (machine, from_state, to_state)
);
INSERT INTO tapekeeper.state_step (machine, from_state, to_state) VALUES
  ('run', 'pending', 'running'), ('run', 'pending', 'cancelled'), ('run', 'pending', 'skipped'),
  ('run', 'pending', 'missed'), ('run', 'pending', 'failed'),
  ('run', 'running', 'success'), ('run', 'running', 'success_with_errors'), ('run', 'running', 'failed'),
  ('run', 'running', 'cancelled'), ('run', 'running', 'paused'), ('run', 'running', 'pending'),
  ('run', 'paused', 'running'), ('run', 'paused', 'cancelled'), ('run', 'paused', 'failed'),
  ('item', 'pending', 'running'), ('item', 'pending', 'cancelled'),
  ('item', 'running', 'done'), ('item', 'running', 'failed'), ('item', 'running', 'cancelled'),
  ('item', 'running', 'pending'),
  ('job', 'enabled', 'paused'), ('job', 'enabled', 'disabled'),
  ('job', 'paused', 'enabled'), ('job', 'paused', 'disabled'),
  ('job', 'disabled', 'enabled');

CREATE FUNCTION tapekeeper.check_state_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM tapekeeper.state_step
    WHERE machine = TG_ARGV[0] AND from_state = OLD.state AND to_state = NEW.state
  ) THEN
    RAISE EXCEPTION 'illegal step of %: % to %', TG_ARGV[0], OLD.state, NEW.state
      USING ERRCODE = 'check_violation', CONSTRAINT = 'state_step';
  END IF;
  RETURN NEW;
END $$;

CREATE TABLE tapekeeper.worker (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  node         text COLLATE "C" NOT NULL,
  boot         uuid NOT NULL,
  pid          int NOT NULL,
  started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  heartbeat_at timestamptz,
  stopped_at   timestamptz
);
CREATE INDEX worker_alive ON tapekeeper.worker (node) WHERE stopped_at IS NULL;
COMMENT ON COLUMN tapekeeper.worker.node IS 'One installation directory on one machine; a new boot of it settles the one before.';

CREATE TABLE tapekeeper.job (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key          text COLLATE "C" NOT NULL UNIQUE,
  type         text COLLATE "C" NOT NULL,
  params       jsonb NOT NULL DEFAULT '{}',
  trigger      jsonb NOT NULL DEFAULT '{"kind": "manual"}',
  state        text COLLATE "C" NOT NULL DEFAULT 'disabled' CHECK (state IN ('enabled', 'paused', 'disabled')),
  version      int NOT NULL DEFAULT 1,
  next_fire_at timestamptz,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX job_due ON tapekeeper.job (next_fire_at) WHERE state = 'enabled' AND next_fire_at IS NOT NULL;
CREATE TRIGGER job_state BEFORE UPDATE OF state ON tapekeeper.job
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION tapekeeper.check_state_step('job');

CREATE TABLE tapekeeper.fire (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id        bigint NOT NULL REFERENCES tapekeeper.job (id),
  scheduled_for timestamptz NOT NULL,
  until         timestamptz NOT NULL,
  due_count     int NOT NULL DEFAULT 1 CHECK (due_count > 0),
  decision      text COLLATE "C" NOT NULL CHECK (decision IN ('ran', 'missed', 'skipped')),
  reason        text COLLATE "C" NOT NULL,
  decided_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (job_id, scheduled_for),
  CHECK (until >= scheduled_for)
);

CREATE TABLE tapekeeper.run (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  type           text COLLATE "C" NOT NULL CHECK (type IN ('sync', 'repair')),
  dataset        text COLLATE "C" NOT NULL,
  params         jsonb NOT NULL,
  cause          text COLLATE "C" NOT NULL CHECK (cause IN ('fire', 'person', 'requirement')),
  requested_by   text,
  fire_id        bigint UNIQUE REFERENCES tapekeeper.fire (id),
  job_id         bigint REFERENCES tapekeeper.job (id),
  parent_run_id  bigint REFERENCES tapekeeper.run (id),
  resumes_run_id bigint REFERENCES tapekeeper.run (id),
  state          text COLLATE "C" NOT NULL DEFAULT 'pending' CHECK (state IN (
                   'pending', 'running', 'paused', 'success', 'success_with_errors',
                   'failed', 'cancelled', 'skipped', 'missed')),
  reason         text COLLATE "C",
  error          jsonb,
  plan           jsonb,
  open_shards    int NOT NULL DEFAULT 0 CHECK (open_shards >= 0),
  created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at     timestamptz,
  finished_at    timestamptz,
  retry_at       timestamptz
);
CREATE INDEX run_open ON tapekeeper.run (id) WHERE state IN ('pending', 'running', 'paused');
CREATE INDEX run_by_dataset ON tapekeeper.run (dataset, id DESC);
CREATE INDEX run_by_state ON tapekeeper.run (state, id DESC);
CREATE INDEX run_by_dataset_state ON tapekeeper.run (dataset, state, id DESC);
CREATE INDEX run_children ON tapekeeper.run (parent_run_id) WHERE parent_run_id IS NOT NULL;
CREATE INDEX run_resuming ON tapekeeper.run (resumes_run_id) WHERE resumes_run_id IS NOT NULL;
CREATE TRIGGER run_state BEFORE UPDATE OF state ON tapekeeper.run
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION tapekeeper.check_state_step('run');

-- A plan shard makes the items, fetch shards hold slices of them. A shard without a worker is held by nobody; every change by a
-- worker names its fence, and rescue raises it.
CREATE TABLE tapekeeper.shard (
  run_id         bigint NOT NULL REFERENCES tapekeeper.run (id) ON DELETE CASCADE,
  no             int NOT NULL,
  kind           text COLLATE "C" NOT NULL CHECK (kind IN ('plan', 'fetch')),
  source         text COLLATE "C",
  open           boolean NOT NULL DEFAULT true,
  worker_id      bigint REFERENCES tapekeeper.worker (id),
  fence          bigint NOT NULL DEFAULT 0,
  dispatch       int NOT NULL DEFAULT 1,
  not_before     timestamptz,
  claimed_at     timestamptz,
  -- A plan shard of a later round asks the next source for what the rounds before did not get.
  round          int NOT NULL DEFAULT 0,
  -- Failures outside items since the last progress.
  troubles       int NOT NULL DEFAULT 0,
  waits_for_runs boolean NOT NULL DEFAULT false,
  waits_for_shards boolean NOT NULL DEFAULT false,
  -- Cells that no round of the run could ask anybody for.
  cells_left     bigint NOT NULL DEFAULT 0,
  items_total    int NOT NULL DEFAULT 0,
  items_done     int NOT NULL DEFAULT 0,
  items_failed   int NOT NULL DEFAULT 0,
  symbols_total  bigint NOT NULL DEFAULT 0,
  outcomes       jsonb NOT NULL DEFAULT '{}',
  rows_written   bigint NOT NULL DEFAULT 0,
  rows_unchanged bigint NOT NULL DEFAULT 0,
  calls          bigint NOT NULL DEFAULT 0,
  bytes          bigint NOT NULL DEFAULT 0,
  last_symbol    text,
  last_source    text,
  updated_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run_id, no)
);
CREATE INDEX shard_held ON tapekeeper.shard (worker_id) WHERE worker_id IS NOT NULL;
CREATE INDEX shard_open ON tapekeeper.shard (run_id) WHERE open;

CREATE TABLE tapekeeper.item (
  run_id        bigint NOT NULL,
  no            int NOT NULL,
  shard_no      int NOT NULL,
  source        text COLLATE "C" NOT NULL,
  shape         text COLLATE "C" NOT NULL CHECK (shape IN ('day', 'symbol', 'all')),
  from_day      date NOT NULL,
  to_day        date NOT NULL,
  instrument_id int,
  members       bytea,
  state         text COLLATE "C" NOT NULL DEFAULT 'pending'
                CHECK (state IN ('pending', 'running', 'done', 'failed', 'cancelled')),
  attempts      int NOT NULL DEFAULT 0,
  outcome       text COLLATE "C",
  counts        jsonb,
  error_code    text COLLATE "C",
  rows_written  int NOT NULL DEFAULT 0,
  finished_at   timestamptz,
  PRIMARY KEY (run_id, no)
) PARTITION BY RANGE (run_id);
CREATE INDEX item_open ON tapekeeper.item (run_id, shard_no, state, no) WHERE state IN ('pending', 'running');
CREATE INDEX item_failed ON tapekeeper.item (run_id, no) WHERE state = 'failed';
-- Of one symbol by its id, and of whole markets, which have none. The run stands last: of a young run the
-- planner knows no numbers, and would take any index that begins with it for one that finds a single row.
CREATE INDEX item_by_instrument ON tapekeeper.item (instrument_id, run_id);
CREATE TRIGGER item_state BEFORE UPDATE OF state ON tapekeeper.item
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION tapekeeper.check_state_step('item');
COMMENT ON COLUMN tapekeeper.item.members IS 'Bitmap of the instrument ids that a whole-market item is asked for.';

CREATE TABLE tapekeeper.attempt (
  run_id        bigint NOT NULL,
  item_no       int NOT NULL,
  no            int NOT NULL,
  source        text COLLATE "C" NOT NULL,
  worker_id     bigint NOT NULL,
  started_at    timestamptz NOT NULL,
  ended_at      timestamptz NOT NULL,
  calls         int NOT NULL DEFAULT 0,
  rows          int NOT NULL DEFAULT 0,
  error_code    text COLLATE "C",
  error_message text,
  PRIMARY KEY (run_id, item_no, no)
) PARTITION BY RANGE (run_id);

-- An item's default outcome holds for all its symbols; a row here is an exception to it.
CREATE TABLE tapekeeper.symbol_outcome (
  run_id        bigint NOT NULL,
  item_no       int NOT NULL,
  instrument_id int NOT NULL,
  outcome       text COLLATE "C" NOT NULL CHECK (outcome IN (
                  'ok', 'unchanged', 'absent', 'suspended', 'fell_back', 'quarantined', 'failed')),
  source        text COLLATE "C",
  cells         int NOT NULL DEFAULT 1,
  detail        text,
  PRIMARY KEY (run_id, instrument_id, item_no, outcome)
) PARTITION BY RANGE (run_id);

-- Partitions of 10,000 runs each: that of a run and the one before. Older ones are there or have been
-- dropped for good. The runtime role has no DDL, so upkeep goes through this function.
CREATE FUNCTION tapekeeper.ensure_run_partitions(up_to bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  base text;
  slice bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(7206, 1);
  FOR slice IN greatest(up_to / 10000 - 1, 0) .. up_to / 10000 LOOP
    FOREACH base IN ARRAY ARRAY['item', 'attempt', 'symbol_outcome'] LOOP
      EXECUTE format('CREATE TABLE IF NOT EXISTS tapekeeper.%I PARTITION OF tapekeeper.%I FOR VALUES FROM (%s) TO (%s)',
        base || '_' || slice, base, slice * 10000, (slice + 1) * 10000);
    END LOOP;
  END LOOP;
END $$;
SELECT tapekeeper.ensure_run_partitions(19999);

CREATE TABLE tapekeeper.event_outbox (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic   text COLLATE "C" NOT NULL,
  payload jsonb NOT NULL,
  at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- Numbered by one publisher, so that a reader who saw n never meets a smaller number later.
CREATE TABLE tapekeeper.event (
  seq     bigint PRIMARY KEY,
  topic   text COLLATE "C" NOT NULL,
  payload jsonb NOT NULL,
  at      timestamptz NOT NULL
);
CREATE SEQUENCE tapekeeper.event_seq;
