-- Requests that came with a key of their own: whoever sends one again gets what the first has made, and nothing new.

CREATE TABLE tapekeeper.idempotent_request (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner      text COLLATE "C" NOT NULL,
  key        text COLLATE "C" NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
  operation  text COLLATE "C" NOT NULL,
  digest     bytea NOT NULL,
  attempt    int NOT NULL DEFAULT 1,
  claimed_at timestamptz NOT NULL DEFAULT tapekeeper.now(),
  created_at timestamptz NOT NULL DEFAULT tapekeeper.now(),
  made_id    bigint,
  answer     json,
  UNIQUE (owner, key),
  CHECK (answer IS NULL OR made_id IS NOT NULL)
);
CREATE INDEX idempotent_request_by_age ON tapekeeper.idempotent_request (created_at);
COMMENT ON COLUMN tapekeeper.idempotent_request.digest IS 'Of the request: the same key with another request is a mistake.';
COMMENT ON COLUMN tapekeeper.idempotent_request.attempt IS 'Grows when a request that seems dead is taken over, so that the former one can make nothing any more.';
COMMENT ON COLUMN tapekeeper.idempotent_request.made_id IS 'The run, job or comparison that was made, set in the transaction that made it.';
COMMENT ON COLUMN tapekeeper.idempotent_request.answer IS 'What was answered; a process may have died between making and answering.';

-- How often hosts may be asked: by the settings, and by the people who work with them.
CREATE TABLE tapekeeper.host_budget (
  host       text COLLATE "C" PRIMARY KEY,
  configured jsonb NOT NULL DEFAULT '[]',
  chosen     jsonb NOT NULL DEFAULT '[]',
  version    int NOT NULL DEFAULT 0,
  author     text,
  set_at     timestamptz
);
COMMENT ON TABLE tapekeeper.host_budget IS 'Rules of budgets as [{api, windowSeconds, capacity}]; a chosen one stands in for the configured one of its interface and window. The buckets in force are in tapekeeper.budget.';
COMMENT ON COLUMN tapekeeper.host_budget.version IS 'Grows when people choose; a change names the one that was seen.';
