-- The other data sets: one table each, as in the catalogue of the core; a test holds the two together.

CREATE TABLE market.minute_bars (
  symbol     text COLLATE "C" NOT NULL,
  trade_date date NOT NULL,
  bar_time   timestamptz NOT NULL,
  open       double precision NOT NULL,
  high       double precision NOT NULL,
  low        double precision NOT NULL,
  close      double precision NOT NULL,
  volume     bigint NOT NULL,
  amount     double precision NOT NULL,
  source     text COLLATE "C" NOT NULL,
  run_id     bigint NOT NULL,
  known_at   timestamptz NOT NULL,
  PRIMARY KEY (symbol, trade_date, bar_time)
) PARTITION BY RANGE (trade_date);

CREATE TABLE market.index_basics (
  symbol      text COLLATE "C" NOT NULL,
  name        text NOT NULL,
  exchange    text COLLATE "C" NOT NULL,
  full_name   text,
  publisher   text,
  category    text,
  base_date   date,
  base_point  double precision,
  list_date   date,
  expire_date date,
  source      text COLLATE "C" NOT NULL,
  run_id      bigint NOT NULL,
  known_at    timestamptz NOT NULL,
  PRIMARY KEY (symbol)
);

CREATE TABLE market.index_bars (
  symbol     text COLLATE "C" NOT NULL,
  trade_date date NOT NULL,
  open       double precision NOT NULL,
  high       double precision NOT NULL,
  low        double precision NOT NULL,
  close      double precision NOT NULL,
  pre_close  double precision,
  volume     bigint,
  amount     double precision,
  pct_chg    double precision,
  source     text COLLATE "C" NOT NULL,
  run_id     bigint NOT NULL,
  known_at   timestamptz NOT NULL,
  PRIMARY KEY (symbol, trade_date)
) PARTITION BY RANGE (trade_date);

CREATE TABLE market.price_limits (
  symbol     text COLLATE "C" NOT NULL,
  trade_date date NOT NULL,
  pre_close  double precision,
  up_limit   double precision NOT NULL,
  down_limit double precision NOT NULL,
  source     text COLLATE "C" NOT NULL,
  run_id     bigint NOT NULL,
  known_at   timestamptz NOT NULL,
  PRIMARY KEY (symbol, trade_date)
) PARTITION BY RANGE (trade_date);

CREATE TABLE market.quotes (
  symbol        text COLLATE "C" NOT NULL,
  trade_date    date NOT NULL,
  quoted_at     timestamptz NOT NULL,
  last          double precision NOT NULL,
  open          double precision,
  high          double precision,
  low           double precision,
  pre_close     double precision NOT NULL,
  volume        bigint NOT NULL,
  amount        double precision NOT NULL,
  pct_chg       double precision,
  turnover_rate double precision,
  pe            double precision,
  pb            double precision,
  total_mv      double precision,
  circ_mv       double precision,
  up_limit      double precision,
  down_limit    double precision,
  source        text COLLATE "C" NOT NULL,
  run_id        bigint NOT NULL,
  known_at      timestamptz NOT NULL,
  PRIMARY KEY (symbol, trade_date)
);

CREATE TABLE market.financials (
  symbol              text COLLATE "C" NOT NULL,
  period              date NOT NULL,
  statement           text COLLATE "C" NOT NULL,
  ann_date            date NOT NULL,
  report_type         text COLLATE "C" NOT NULL,
  update_flag         text COLLATE "C" NOT NULL,
  f_ann_date          date,
  company_type        text,
  revenue             double precision,
  operating_profit    double precision,
  total_profit        double precision,
  net_profit          double precision,
  net_profit_parent   double precision,
  basic_eps           double precision,
  diluted_eps         double precision,
  total_assets        double precision,
  total_liabilities   double precision,
  total_equity        double precision,
  parent_equity       double precision,
  cash                double precision,
  operating_cash_flow double precision,
  investing_cash_flow double precision,
  financing_cash_flow double precision,
  roe                 double precision,
  roa                 double precision,
  gross_margin        double precision,
  net_margin          double precision,
  debt_to_assets      double precision,
  current_ratio       double precision,
  quick_ratio         double precision,
  bps                 double precision,
  ocfps               double precision,
  revenue_yoy         double precision,
  net_profit_yoy      double precision,
  items               jsonb,
  source              text COLLATE "C" NOT NULL,
  run_id              bigint NOT NULL,
  known_at            timestamptz NOT NULL,
  PRIMARY KEY (symbol, period, statement, ann_date, report_type, update_flag)
);

CREATE TABLE market.dividends (
  symbol          text COLLATE "C" NOT NULL,
  period          date NOT NULL,
  ann_date        date NOT NULL,
  progress        text COLLATE "C" NOT NULL,
  cash            double precision,
  cash_after_tax  double precision,
  bonus           double precision,
  transfer        double precision,
  record_date     date,
  ex_date         date,
  pay_date        date,
  share_list_date date,
  imp_ann_date    date,
  base_shares     bigint,
  source          text COLLATE "C" NOT NULL,
  run_id          bigint NOT NULL,
  known_at        timestamptz NOT NULL,
  PRIMARY KEY (symbol, period, ann_date, progress)
);

CREATE TABLE market.suspensions (
  symbol       text COLLATE "C" NOT NULL,
  trade_date   date NOT NULL,
  suspend_type text COLLATE "C" NOT NULL,
  timing       text,
  reason       text,
  source       text COLLATE "C" NOT NULL,
  run_id       bigint NOT NULL,
  known_at     timestamptz NOT NULL,
  PRIMARY KEY (symbol, trade_date, suspend_type)
);

CREATE TABLE market.name_changes (
  symbol     text COLLATE "C" NOT NULL,
  start_date date NOT NULL,
  name       text COLLATE "C" NOT NULL,
  end_date   date,
  ann_date   date,
  reason     text,
  source     text COLLATE "C" NOT NULL,
  run_id     bigint NOT NULL,
  known_at   timestamptz NOT NULL,
  PRIMARY KEY (symbol, start_date, name)
);

CREATE TABLE market.news (
  news_id      text COLLATE "C" NOT NULL,
  published_at timestamptz NOT NULL,
  title        text NOT NULL,
  summary      text,
  content      text,
  url          text,
  channel      text,
  symbols      jsonb,
  source       text COLLATE "C" NOT NULL,
  run_id       bigint NOT NULL,
  known_at     timestamptz NOT NULL,
  PRIMARY KEY (news_id)
);

CREATE TABLE market.announcements (
  announcement_id text COLLATE "C" NOT NULL,
  symbol          text COLLATE "C" NOT NULL,
  ann_date        date NOT NULL,
  title           text NOT NULL,
  type            text,
  name            text,
  url             text,
  published_at    timestamptz,
  source          text COLLATE "C" NOT NULL,
  run_id          bigint NOT NULL,
  known_at        timestamptz NOT NULL,
  PRIMARY KEY (announcement_id)
);

SELECT tapekeeper.ensure_year_partitions(1990, 2027);

CREATE INDEX quotes_by_day ON market.quotes (trade_date);
CREATE INDEX financials_by_announcement ON market.financials (ann_date);
CREATE INDEX dividends_by_ex_date ON market.dividends (ex_date) WHERE ex_date IS NOT NULL;
CREATE INDEX suspensions_by_day ON market.suspensions (trade_date);
CREATE INDEX news_by_time ON market.news (published_at);
CREATE INDEX announcements_by_symbol ON market.announcements (symbol, ann_date);
CREATE INDEX announcements_by_day ON market.announcements (ann_date);

-- Cells that were covered, or called absent, while corrections were still expected: asked once more when
-- their day has settled. A row goes when its last member has been asked again.
CREATE TABLE tapekeeper.unsettled_day (
  dataset text COLLATE "C" NOT NULL,
  day     date NOT NULL,
  members bytea NOT NULL,
  PRIMARY KEY (dataset, day)
);
COMMENT ON COLUMN tapekeeper.unsettled_day.members IS 'Bitmap of the instrument ids whose cell is to be asked for again.';

-- Whose base the stored factors of a symbol have: factors of other sources are chained to it by ratio.
CREATE TABLE tapekeeper.factor_base (
  symbol text COLLATE "C" PRIMARY KEY,
  source text COLLATE "C" NOT NULL
);

-- The order in which sources are asked, as people have set it; * is for every data set without one of its own.
CREATE TABLE tapekeeper.source_priority (
  dataset    text COLLATE "C" PRIMARY KEY,
  sources    text[] NOT NULL CHECK (cardinality(sources) > 0),
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
