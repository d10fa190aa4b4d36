-- What is known complete. A cell (instrument, day) of a grid is covered when a range or a day row of its
-- data set holds it and no exception does; an exception says why there is no row.

-- Whole-market work: one row a day, source and run, appended and later folded into ranges.
CREATE TABLE tapekeeper.coverage_day (
  dataset text COLLATE "C" NOT NULL,
  day     date NOT NULL,
  source  text COLLATE "C" NOT NULL,
  run_id  bigint NOT NULL,
  members bytea NOT NULL,
  rows    int NOT NULL,
  at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (dataset, day, source, run_id)
);
COMMENT ON COLUMN tapekeeper.coverage_day.members IS 'Bitmap of the instrument ids whose row of that day came.';

-- Symbol-wise work, merged across days on which the exchange is closed.
CREATE TABLE tapekeeper.coverage_range (
  dataset       text COLLATE "C" NOT NULL,
  instrument_id int NOT NULL,
  source        text COLLATE "C" NOT NULL,
  from_day      date NOT NULL,
  to_day        date NOT NULL,
  PRIMARY KEY (dataset, instrument_id, source, from_day),
  CHECK (to_day >= from_day)
);

CREATE TABLE tapekeeper.coverage_exception (
  dataset       text COLLATE "C" NOT NULL,
  instrument_id int NOT NULL,
  day           date NOT NULL,
  source        text COLLATE "C" NOT NULL,
  kind          text COLLATE "C" NOT NULL CHECK (kind IN ('absent', 'suspended', 'accepted')),
  run_id        bigint,
  reason        text,
  author        text,
  at            timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (dataset, instrument_id, day, source),
  CHECK (kind <> 'accepted' OR (reason IS NOT NULL AND author IS NOT NULL))
);

-- Snapshots and calendars: fresh as of a time, through a day.
CREATE INDEX coverage_exception_by_day ON tapekeeper.coverage_exception (dataset, day);

CREATE TABLE tapekeeper.coverage_fresh (
  dataset text COLLATE "C" NOT NULL,
  scope   text COLLATE "C" NOT NULL,
  source  text COLLATE "C" NOT NULL,
  run_id  bigint NOT NULL,
  as_of   timestamptz NOT NULL,
  from_day date,
  through_day date,
  PRIMARY KEY (dataset, scope)
);
