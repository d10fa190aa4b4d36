-- What is wrong, what is told of it, and by when the data have to be there.

-- Changes of the rules that come with the program, as one document.
CREATE TABLE tapekeeper.alert_rules (
  only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  version    int NOT NULL DEFAULT 0,
  edits      jsonb NOT NULL DEFAULT '[]',
  updated_at timestamptz NOT NULL DEFAULT tapekeeper.now(),
  updated_by text
);

-- The last look at the facts: what the rules objected to, and when nobody had looked for a while.
CREATE TABLE tapekeeper.alert_look (
  only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  looked_at   timestamptz,
  signals     jsonb NOT NULL DEFAULT '[]',
  absent_from timestamptz,
  absent_to   timestamptz
);

CREATE TABLE tapekeeper.incident (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cause            text COLLATE "C" NOT NULL,
  kind             text COLLATE "C" NOT NULL,
  subject          jsonb NOT NULL DEFAULT '{}',
  severity         text COLLATE "C" NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
  state            text COLLATE "C" NOT NULL CHECK (state IN ('forming', 'open', 'resolved')),
  first_seen_at    timestamptz NOT NULL,
  opened_at        timestamptz,
  away_since       timestamptz,
  resolved_at      timestamptz,
  hold_ms          double precision NOT NULL,
  acknowledged_at  timestamptz,
  acknowledged_by  text,
  acknowledged_note text,
  noticed_at       timestamptz,
  reminders        int NOT NULL DEFAULT 0,
  next_reminder_at timestamptz,
  merged_into      bigint REFERENCES tapekeeper.incident (id),
  members          jsonb NOT NULL DEFAULT '[]',
  CHECK ((state = 'forming') = (opened_at IS NULL)),
  CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)),
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
-- One incident a cause at a time, whoever looks.
CREATE UNIQUE INDEX incident_live ON tapekeeper.incident (cause) WHERE state <> 'resolved';
CREATE INDEX incident_by_state ON tapekeeper.incident (state, id DESC);
CREATE INDEX incident_resolved ON tapekeeper.incident (resolved_at) WHERE state = 'resolved';
COMMENT ON COLUMN tapekeeper.incident.hold_ms IS 'It ends after being away for so long.';

CREATE TABLE tapekeeper.incident_event (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  incident_id bigint NOT NULL REFERENCES tapekeeper.incident (id) ON DELETE CASCADE,
  at          timestamptz NOT NULL,
  kind        text COLLATE "C" NOT NULL,
  detail      jsonb NOT NULL DEFAULT '{}',
  author      text
);
CREATE INDEX incident_event_of ON tapekeeper.incident_event (incident_id, id);

CREATE TABLE tapekeeper.silence (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  matcher    jsonb NOT NULL,
  from_at    timestamptz NOT NULL,
  until_at   timestamptz NOT NULL,
  reason     text NOT NULL CHECK (reason <> ''),
  author     text NOT NULL CHECK (author <> ''),
  created_at timestamptz NOT NULL DEFAULT tapekeeper.now(),
  ended_at   timestamptz,
  ended_by   text,
  CHECK (until_at > from_at),
  CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX silence_until ON tapekeeper.silence (until_at) WHERE ended_at IS NULL;

-- By when each trading day of a data set has to be complete; where there is no row, the program's own target holds.
CREATE TABLE tapekeeper.freshness_target (
  dataset    text COLLATE "C" PRIMARY KEY,
  due        text NOT NULL,
  share      double precision NOT NULL CHECK (share > 0 AND share <= 1),
  objective  double precision NOT NULL CHECK (objective > 0 AND objective <= 1),
  version    int NOT NULL DEFAULT 1,
  since      timestamptz NOT NULL DEFAULT tapekeeper.now(),
  updated_at timestamptz NOT NULL DEFAULT tapekeeper.now(),
  updated_by text NOT NULL
);
COMMENT ON COLUMN tapekeeper.freshness_target.since IS 'Days that were due before it was set are not judged.';

-- Days that are waited for, and what became of them.
CREATE TABLE tapekeeper.freshness_day (
  dataset text COLLATE "C" NOT NULL,
  day     date NOT NULL,
  due_at  timestamptz NOT NULL,
  met_at  timestamptz,
  PRIMARY KEY (dataset, day)
);

-- Failures of the last days, whatever the number of runs.
CREATE INDEX run_failed ON tapekeeper.run (finished_at, job_id) WHERE state = 'failed' AND job_id IS NOT NULL;
