-- Market data: one table a data set by its name, keyed by the canonical symbol, in yuan and shares.
-- Every row names the source and the run that wrote it, and since when it has been believed.

CREATE SCHEMA IF NOT EXISTS market;

CREATE TABLE market.stock_basics (
  symbol       text COLLATE "C" PRIMARY KEY,
  name         text NOT NULL,
  exchange     text COLLATE "C" NOT NULL,
  board        text COLLATE "C",
  area         text,
  industry     text,
  full_name    text,
  english_name text,
  pinyin       text,
  currency     text,
  list_status  text COLLATE "C" NOT NULL,
  list_date    date,
  delist_date  date,
  connect      text,
  owner_type   text,
  source       text COLLATE "C" NOT NULL,
  run_id       bigint NOT NULL,
  known_at     timestamptz NOT NULL
);

CREATE TABLE market.trade_calendar (
  exchange        text COLLATE "C" NOT NULL,
  cal_date        date NOT NULL,
  is_open         boolean NOT NULL,
  prev_trade_date date,
  source          text COLLATE "C" NOT NULL,
  run_id          bigint NOT NULL,
  known_at        timestamptz NOT NULL,
  PRIMARY KEY (exchange, cal_date)
);

CREATE TABLE market.daily_bars (
  symbol     text COLLATE "C" NOT NULL,
  trade_date date NOT NULL,
  open       double precision NOT NULL,
  high       double precision NOT NULL,
  low        double precision NOT NULL,
  close      double precision NOT NULL,
  pre_close  double precision NOT NULL,
  volume     bigint NOT NULL,
  amount     double precision NOT NULL,
  pct_chg    double precision,
  source     text COLLATE "C" NOT NULL,
  run_id     bigint NOT NULL,
  known_at   timestamptz NOT NULL,
  PRIMARY KEY (symbol, trade_date)
) PARTITION BY RANGE (trade_date);

CREATE TABLE market.daily_basics (
  symbol             text COLLATE "C" NOT NULL,
  trade_date         date NOT NULL,
  turnover_rate      double precision,
  turnover_rate_free double precision,
  volume_ratio       double precision,
  pe                 double precision,
  pe_ttm             double precision,
  pb                 double precision,
  ps                 double precision,
  ps_ttm             double precision,
  pcf_ttm            double precision,
  dv_ratio           double precision,
  dv_ttm             double precision,
  total_share        bigint,
  float_share        bigint,
  free_share         bigint,
  total_mv           double precision,
  circ_mv            double precision,
  is_st              boolean,
  source             text COLLATE "C" NOT NULL,
  run_id             bigint NOT NULL,
  known_at           timestamptz NOT NULL,
  PRIMARY KEY (symbol, trade_date)
) PARTITION BY RANGE (trade_date);

CREATE TABLE market.adj_factors (
  symbol     text COLLATE "C" NOT NULL,
  trade_date date NOT NULL,
  adj_factor double precision NOT NULL,
  source     text COLLATE "C" NOT NULL,
  run_id     bigint NOT NULL,
  known_at   timestamptz NOT NULL,
  PRIMARY KEY (symbol, trade_date)
) PARTITION BY RANGE (trade_date);

-- Tables of market data that have one partition a year.
CREATE FUNCTION tapekeeper.yearly_tables() RETURNS text[] LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT coalesce(array_agg(c.relname::text ORDER BY c.relname), '{}')
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'market' AND c.relkind = 'p'
$$;

-- The runtime role has no DDL, so upkeep goes through this function.
CREATE FUNCTION tapekeeper.ensure_year_partitions(first_year int, last_year int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  base text;
  y int;
BEGIN
  PERFORM pg_advisory_xact_lock(7206, 2);
  FOR y IN first_year .. last_year LOOP
    FOREACH base IN ARRAY tapekeeper.yearly_tables() LOOP
      EXECUTE format('CREATE TABLE IF NOT EXISTS market.%I PARTITION OF market.%I FOR VALUES FROM (%L) TO (%L)',
        base || '_' || y, base, make_date(y, 1, 1), make_date(y + 1, 1, 1));
    END LOOP;
  END LOOP;
END $$;
SELECT tapekeeper.ensure_year_partitions(1990, 2027);

-- Instruments have small dense ids, since bitmaps are indexed by them. Symbols and every source's
-- spelling are aliases, so that a re-coded instrument keeps one history.
CREATE TABLE tapekeeper.instrument (
  id     int PRIMARY KEY,
  symbol text COLLATE "C" NOT NULL UNIQUE
);
CREATE TABLE tapekeeper.symbol_alias (
  alias         text COLLATE "C" NOT NULL,
  source        text COLLATE "C" NOT NULL,
  instrument_id int NOT NULL REFERENCES tapekeeper.instrument (id),
  valid_from    date NOT NULL DEFAULT '-infinity',
  valid_to      date NOT NULL DEFAULT 'infinity',
  PRIMARY KEY (alias, source, valid_from)
);
COMMENT ON COLUMN tapekeeper.symbol_alias.source IS 'Whose spelling it is; * for canonical symbols.';

-- Rows refused by validation, kept with the reason.
CREATE TABLE tapekeeper.quarantine (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dataset  text COLLATE "C" NOT NULL,
  symbol   text COLLATE "C",
  day      date,
  source   text COLLATE "C" NOT NULL,
  run_id   bigint NOT NULL,
  item_no  int NOT NULL,
  rule     text COLLATE "C" NOT NULL,
  detail   text,
  row      jsonb NOT NULL,
  state    text COLLATE "C" NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'replayed')),
  at       timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX quarantine_cell ON tapekeeper.quarantine (dataset, symbol, day);
-- The same bad row of the same source is held once, however often it is asked for.
CREATE UNIQUE INDEX quarantine_once ON tapekeeper.quarantine (dataset, source, rule, md5(row::text)) WHERE state = 'held';
CREATE INDEX quarantine_held ON tapekeeper.quarantine (rule, id) WHERE state = 'held';

-- Rows that are kept though a rule finds them odd.
CREATE TABLE tapekeeper.row_flag (
  dataset text COLLATE "C" NOT NULL,
  symbol  text COLLATE "C" NOT NULL,
  day     date NOT NULL,
  rule    text COLLATE "C" NOT NULL,
  detail  text,
  run_id  bigint NOT NULL,
  PRIMARY KEY (dataset, symbol, day, rule)
);

-- Former values of rows that were corrected later, with when they were believed.
CREATE TABLE tapekeeper.revision (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dataset     text COLLATE "C" NOT NULL,
  symbol      text COLLATE "C" NOT NULL,
  day         date NOT NULL,
  was         jsonb NOT NULL,
  source      text COLLATE "C" NOT NULL,
  run_id      bigint NOT NULL,
  known_from  timestamptz NOT NULL,
  known_until timestamptz NOT NULL,
  replaced_by_run bigint NOT NULL
);
CREATE INDEX revision_cell ON tapekeeper.revision (dataset, symbol, day);
