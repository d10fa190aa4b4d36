-- What is known of the upstreams: rights, budgets, breakers, and the lease of a single connection.

-- The time by which budgets and breakers are judged: that of the server, put in one place.
CREATE FUNCTION tapekeeper.source_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT clock_timestamp()';

CREATE TABLE tapekeeper.source_right (
  source     text COLLATE "C" NOT NULL,
  api        text COLLATE "C" NOT NULL,
  allowed    boolean NOT NULL,
  detail     text,
  checked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (source, api)
);

CREATE TABLE tapekeeper.host (
  host         text COLLATE "C" PRIMARY KEY,
  failures     int NOT NULL DEFAULT 0,
  openings     int NOT NULL DEFAULT 0,
  open_until   timestamptz,
  probe_until  timestamptz,
  ban_pause_ms double precision,
  reason       text
);
COMMENT ON TABLE tapekeeper.host IS 'The breaker of a host: open until a time, with the failures in a row that led there. Without openings it is closed.';
COMMENT ON COLUMN tapekeeper.host.probe_until IS 'Until then one caller tries whether the host is back.';
COMMENT ON COLUMN tapekeeper.host.ban_pause_ms IS 'First pause of the ban that it was opened for; null for other trouble.';

CREATE TABLE tapekeeper.budget (
  host           text COLLATE "C" NOT NULL,
  api            text COLLATE "C" NOT NULL,
  window_seconds int NOT NULL CHECK (window_seconds > 0),
  slides         boolean NOT NULL,
  origin         text COLLATE "C" NOT NULL CHECK (origin IN ('configured', 'learned')),
  capacity       int NOT NULL CHECK (capacity > 0),
  tokens         double precision NOT NULL,
  refilled_at    timestamptz NOT NULL,
  awaited_until  timestamptz,
  PRIMARY KEY (host, api, window_seconds, slides, origin),
  CHECK (slides OR window_seconds = 86400)
);
COMMENT ON TABLE tapekeeper.budget IS 'Token buckets; api * counts every interface of the host. A call takes one of each, so that what was learned only ever lowers what is configured.';
COMMENT ON COLUMN tapekeeper.budget.slides IS 'Whether the window slides; otherwise it is the calendar day of Shanghai.';
COMMENT ON COLUMN tapekeeper.budget.awaited_until IS 'Until then the next call is kept for live work that waits for it.';

CREATE TABLE tapekeeper.host_minute (
  host     text COLLATE "C" NOT NULL,
  minute   timestamptz NOT NULL,
  calls    int NOT NULL,
  first_at timestamptz NOT NULL,
  last_at  timestamptz NOT NULL,
  banned   boolean NOT NULL DEFAULT false,
  PRIMARY KEY (host, minute)
);
COMMENT ON TABLE tapekeeper.host_minute IS 'Calls to a host by minute, kept for 25 hours: what a ban is judged by.';

CREATE TABLE tapekeeper.host_ban (
  host    text COLLATE "C" NOT NULL,
  at      timestamptz NOT NULL,
  reason  text,
  windows jsonb NOT NULL,
  PRIMARY KEY (host, at)
);
COMMENT ON TABLE tapekeeper.host_ban IS 'What a minute, an hour and a day held when a ban came, and what they had held safely.';

CREATE TABLE tapekeeper.host_latency (
  host    text COLLATE "C" NOT NULL,
  api     text COLLATE "C" NOT NULL,
  mean_ms double precision NOT NULL,
  calls   bigint NOT NULL,
  PRIMARY KEY (host, api)
);
COMMENT ON TABLE tapekeeper.host_latency IS 'How long answered calls of an interface take: an exponentially weighted mean.';

CREATE TABLE tapekeeper.source_lease (
  source     text COLLATE "C" PRIMARY KEY,
  worker_id  bigint REFERENCES tapekeeper.worker (id),
  fence      bigint NOT NULL DEFAULT 0,
  wanted_by  bigint,
  taken_at   timestamptz
);
