-- What is known of the upstreams: rights, budgets, breakers, and the lease of a single connection.

CREATE TABLE tapekeeper.source_right (
  source     text COLLATE "C" NOT NULL,
  api        text COLLATE "C" NOT NULL,
  allowed    boolean NOT NULL,
  detail     text,
  checked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (source, api)
);

CREATE TABLE tapekeeper.host (
  host       text COLLATE "C" PRIMARY KEY,
  failures   int NOT NULL DEFAULT 0,
  openings   int NOT NULL DEFAULT 0,
  open_until timestamptz,
  reason     text
);
COMMENT ON TABLE tapekeeper.host IS 'The breaker of a host: open until a time, with the failures in a row that led there.';

CREATE TABLE tapekeeper.budget (
  host           text COLLATE "C" NOT NULL,
  api            text COLLATE "C" NOT NULL,
  window_seconds int NOT NULL CHECK (window_seconds > 0),
  capacity       int NOT NULL CHECK (capacity > 0),
  tokens         double precision NOT NULL,
  refilled_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (host, api, window_seconds)
);
COMMENT ON TABLE tapekeeper.budget IS 'Token buckets; api * counts every interface of the host.';

CREATE TABLE tapekeeper.source_lease (
  source     text COLLATE "C" PRIMARY KEY,
  worker_id  bigint REFERENCES tapekeeper.worker (id),
  fence      bigint NOT NULL DEFAULT 0,
  wanted_by  bigint,
  taken_at   timestamptz
);
