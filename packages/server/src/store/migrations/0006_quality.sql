-- What people do about quality: holes that they accept, refused rows that they let in or throw away, and
-- what comparing sources has shown. And the lists of symbols that they keep.

-- One wish of a person: the cells that it took out of the gaps name it.
CREATE TABLE tapekeeper.accepted_hole (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dataset    text COLLATE "C" NOT NULL,
  symbols    text[] COLLATE "C",
  from_day   date NOT NULL,
  to_day     date NOT NULL,
  cells      int NOT NULL CHECK (cells > 0),
  reason     text NOT NULL CHECK (reason <> ''),
  author     text NOT NULL CHECK (author <> ''),
  at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  revoked_at timestamptz,
  revoked_by text,
  CHECK (to_day >= from_day),
  CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
COMMENT ON COLUMN tapekeeper.accepted_hole.symbols IS 'The symbols that were named; NULL where all were meant.';
CREATE INDEX accepted_hole_by_dataset ON tapekeeper.accepted_hole (dataset, id);

-- An accepted hole is nobody's word but the author's: its source is '*'.
ALTER TABLE tapekeeper.coverage_exception
  ADD COLUMN accepted_hole_id bigint REFERENCES tapekeeper.accepted_hole (id) ON DELETE CASCADE;
CREATE INDEX coverage_exception_accepted ON tapekeeper.coverage_exception (accepted_hole_id)
  WHERE accepted_hole_id IS NOT NULL;

-- Grows with whatever a person does to coverage: what was counted before no longer holds.
CREATE TABLE tapekeeper.coverage_change (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version  bigint NOT NULL
);

ALTER TABLE tapekeeper.quarantine
  DROP CONSTRAINT quarantine_state_check,
  ADD CONSTRAINT quarantine_state_check CHECK (state IN ('held', 'replayed', 'discarded')),
  ADD COLUMN forced boolean NOT NULL DEFAULT false,
  ADD COLUMN settled_at timestamptz,
  ADD COLUMN settled_by text,
  ADD COLUMN settled_reason text,
  ADD CONSTRAINT quarantine_settled CHECK (
    (NOT forced AND state <> 'discarded') OR (settled_by IS NOT NULL AND settled_reason IS NOT NULL));
COMMENT ON COLUMN tapekeeper.quarantine.forced IS 'A person let the row in although it was refused once more.';
COMMENT ON COLUMN tapekeeper.quarantine.settled_by IS 'Who let it in or threw it away; NULL where it replayed by itself.';

-- Pages of rows, newest first, one index for each filter that may lead.
CREATE INDEX quarantine_by_state ON tapekeeper.quarantine (state, id);
CREATE INDEX quarantine_by_dataset ON tapekeeper.quarantine (state, dataset, id);
CREATE INDEX quarantine_by_rule ON tapekeeper.quarantine (state, rule, id);
CREATE INDEX quarantine_by_source ON tapekeeper.quarantine (state, source, id);
CREATE INDEX quarantine_by_run ON tapekeeper.quarantine (state, run_id, id);
CREATE INDEX quarantine_by_symbol ON tapekeeper.quarantine (state, symbol, id);
CREATE INDEX quarantine_kinds ON tapekeeper.quarantine (state, dataset, rule, id);

CREATE INDEX revision_by_time ON tapekeeper.revision (dataset, known_until, id);
CREATE INDEX revision_by_symbol ON tapekeeper.revision (dataset, symbol, known_until, id);

-- A sample of cells, asked of other sources.
CREATE TABLE tapekeeper.reconciliation (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dataset     text COLLATE "C" NOT NULL,
  day         date NOT NULL,
  seed        bigint NOT NULL,
  sample_size int NOT NULL CHECK (sample_size > 0),
  author      text NOT NULL,
  state       text COLLATE "C" NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'failed')),
  error       jsonb,
  cells       int NOT NULL DEFAULT 0,
  calls       int NOT NULL DEFAULT 0,
  notes       jsonb NOT NULL DEFAULT '[]',
  started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- moves while it works; one that stands still has lost its process
  alive_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz
);
COMMENT ON COLUMN tapekeeper.reconciliation.notes IS 'Sources that could not be asked for all, and why.';
CREATE INDEX reconciliation_open ON tapekeeper.reconciliation (id) WHERE state = 'running';
CREATE INDEX reconciliation_by_dataset ON tapekeeper.reconciliation (dataset, id);

CREATE TABLE tapekeeper.reconciliation_tally (
  reconciliation_id bigint NOT NULL REFERENCES tapekeeper.reconciliation (id) ON DELETE CASCADE,
  no                int NOT NULL,
  ours              text COLLATE "C" NOT NULL,
  theirs            text COLLATE "C" NOT NULL,
  field             text COLLATE "C" NOT NULL,
  compared          int NOT NULL,
  unit              int NOT NULL,
  adjustment        int NOT NULL,
  late              int NOT NULL,
  "real"            int NOT NULL,
  PRIMARY KEY (reconciliation_id, no)
);

CREATE TABLE tapekeeper.reconciliation_mismatch (
  reconciliation_id bigint NOT NULL REFERENCES tapekeeper.reconciliation (id) ON DELETE CASCADE,
  no                int NOT NULL,
  symbol            text COLLATE "C" NOT NULL,
  day               date NOT NULL,
  ours              text COLLATE "C" NOT NULL,
  theirs            text COLLATE "C" NOT NULL,
  field             text COLLATE "C" NOT NULL,
  our_value         jsonb,
  their_value       jsonb,
  kind              text COLLATE "C" NOT NULL CHECK (kind IN ('unit', 'adjustment', 'late', 'real')),
  detail            text NOT NULL,
  PRIMARY KEY (reconciliation_id, no)
);

-- Lists of symbols, kept by people or made by a rule whenever they are read.
CREATE TABLE tapekeeper.symbol_set (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text COLLATE "C" NOT NULL UNIQUE,
  title      text,
  rule       jsonb,
  version    int NOT NULL DEFAULT 1,
  members    int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  created_by text NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_by text NOT NULL,
  CHECK (rule IS NULL OR members = 0)
);
COMMENT ON COLUMN tapekeeper.symbol_set.version IS 'Grows with every change, so that nobody overwrites what they have not seen.';
CREATE TABLE tapekeeper.symbol_set_member (
  set_id bigint NOT NULL REFERENCES tapekeeper.symbol_set (id) ON DELETE CASCADE,
  symbol text COLLATE "C" NOT NULL,
  PRIMARY KEY (set_id, symbol)
);
