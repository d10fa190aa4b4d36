import {
  plainDay,
  shanghaiInstant,
  type AlertFacts,
  type DatasetFacts,
  type Instant,
  type JobFacts,
} from '@tapekeeper/core';

/** A trading day in the middle of a week on which all incidents take place; minutes are those of its clock. */
export const DAY = plainDay('2024-01-10');

export function at(minutes: number): Instant {
  return shanghaiInstant(DAY, minutes);
}

/** `at(clock(18, 5))` is five past six in the evening. */
export function clock(hours: number, minutes = 0): number {
  return hours * 60 + minutes;
}

const HOST = {
  tushare: 'api.tushare.pro',
  eastmoney: 'push2his.eastmoney.com',
  sina: 'finance.sina.com.cn',
  baostock: 'public-api.baostock.com',
} as const;

const SOURCE = { tushare: 'tushare', eastmoney: 'akshare', sina: 'akshare', baostock: 'baostock' } as const;

type HostName = keyof typeof HOST;

/** What is different from a calm day, minute by minute. */
export interface Trouble {
  readonly hosts?: readonly {
    readonly name: HostName;
    readonly openings?: number;
    readonly isBan?: boolean;
    readonly reason?: string;
  }[];
  readonly failing?: Readonly<
    Record<
      string,
      {
        readonly code: string;
        readonly source?: string | null;
        readonly host?: string | null;
        readonly inARow?: number;
        readonly since: number;
      }
    >
  >;
  readonly lately?: Readonly<
    Record<
      string,
      { readonly ended: number; readonly failed: number; readonly code: string; readonly source?: string }
    >
  >;
  readonly missed?: readonly string[];
  /** Due since so many minutes of the day, and not decided about. */
  readonly due?: Readonly<Record<string, number>>;
  readonly stuck?: readonly {
    readonly job: string;
    readonly stillMinutes: number;
    readonly hosts?: readonly HostName[];
    readonly p95Minutes?: number;
  }[];
  readonly datasets?: Readonly<
    Record<
      string,
      Partial<Pick<DatasetFacts, 'hosts' | 'hasOpenRun' | 'cells' | 'behind' | 'rows'>> & {
        readonly share?: number;
      }
    >
  >;
  readonly budgets?: readonly {
    readonly name: HostName;
    readonly api: string;
    readonly capacity: number;
    readonly left: number;
    readonly slides?: boolean;
  }[];
  readonly rights?: AlertFacts['rights'];
  readonly sourcesInUse?: readonly string[];
  readonly schedulerSilentMs?: number;
  readonly absence?: { readonly from: number; readonly to: number };
  readonly workers?: AlertFacts['workers'];
  readonly freeMegabytes?: number;
  readonly database?: Partial<AlertFacts['database']>;
  readonly daysLeft?: number;
}

const JOBS = [
  { id: 1, key: 'sync_stock_list', type: 'sync', dataset: 'stock_basics', callsFor: [] },
  { id: 2, key: 'sync_trading_calendar', type: 'sync', dataset: 'trade_calendar', callsFor: [] },
  { id: 3, key: 'sync_daily_data', type: 'sync', dataset: 'daily_bars', callsFor: [] },
  { id: 4, key: 'sync_daily_basic_data', type: 'sync', dataset: 'daily_basics', callsFor: [] },
  { id: 5, key: 'sync_factor_data', type: 'sync', dataset: 'adj_factors', callsFor: [] },
  { id: 6, key: 'core_daily', type: 'workflow', dataset: null, callsFor: [1, 2, 3, 4, 5] },
  { id: 7, key: 'repair_daily', type: 'repair', dataset: 'daily_bars', callsFor: [] },
  { id: 8, key: 'quotes', type: 'sync', dataset: 'quotes', callsFor: [] },
  { id: 9, key: 'backup', type: 'command', dataset: null, callsFor: [] },
] as const;

/** Targets of the day: bars at seven, basics at eight, factors at eleven in the evening. */
const DUE: Readonly<Record<string, number>> = {
  daily_bars: clock(19),
  daily_basics: clock(20),
  adj_factors: clock(23),
};

const WRITERS: Readonly<Record<string, readonly number[]>> = {
  daily_bars: [3, 7],
  daily_basics: [4],
  adj_factors: [5],
};

const EXPECTED = 5400;
/** When a calm day has its data. */
const COLLECTED = clock(17, 40);

/** The facts of a minute: those of a calm day but for the trouble. */
export function factsOf(minute: number, trouble: Trouble): AlertFacts {
  const hosts = (trouble.hosts ?? []).map(({ name, openings = 2, isBan = false, reason = 'no answer' }) => ({
    host: HOST[name],
    source: SOURCE[name],
    openings,
    isBan,
    openUntil: at(minute + 30),
    reason,
  }));
  return {
    now: at(minute),
    absence:
      trouble.absence === undefined ? null : { from: at(trouble.absence.from), to: at(trouble.absence.to) },
    jobs: JOBS.map((job) => jobFacts(job, trouble)),
    runs: (trouble.stuck ?? []).map(({ job, stillMinutes, hosts: asked = [], p95Minutes = 2 }, no) => {
      const of = JOBS.find(({ key }) => key === job);
      return {
        id: 100 + no,
        jobId: of?.id ?? null,
        jobKey: job,
        dataset: of?.dataset ?? null,
        hosts: asked.map((name) => HOST[name]),
        stillMs: stillMinutes * 60_000,
        p95Ms: p95Minutes * 60_000,
        isWaiting: false,
      };
    }),
    hosts,
    sourcesInUse: trouble.sourcesInUse ?? ['tushare', 'akshare', 'baostock'],
    budgets: (trouble.budgets ?? []).map(({ name, slides = false, ...budget }) => ({
      ...budget,
      host: HOST[name],
      source: SOURCE[name],
      windowSeconds: 86_400,
      slides,
    })),
    rights: trouble.rights ?? [],
    datasets: Object.keys(DUE).map((dataset) => datasetFacts(dataset, minute, trouble)),
    schedulerSilentMs: trouble.schedulerSilentMs ?? 800,
    workers: trouble.workers ?? { silentMs: 1500, openRuns: 0, oldestOpenMs: 0 },
    disk: { freeMegabytes: trouble.freeMegabytes ?? 80_000, neededMegabytes: 500 },
    database: { blockedMs: 0, transactionMs: 0, ...trouble.database },
    channels: [],
    calendar: { lastDay: plainDay('2024-12-31'), daysLeft: trouble.daysLeft ?? 356 },
  };
}

function jobFacts(job: (typeof JOBS)[number], trouble: Trouble): JobFacts {
  const failing = trouble.failing?.[job.key];
  const lately = trouble.lately?.[job.key];
  return {
    ...job,
    nextFireAt: trouble.due?.[job.key] === undefined ? null : at(trouble.due[job.key] ?? 0),
    missed: trouble.missed?.includes(job.key) ? { from: at(clock(9)), until: at(clock(9)), count: 1 } : null,
    failing:
      failing === undefined
        ? null
        : {
            inARow: failing.inARow ?? 1,
            firstAt: at(failing.since),
            lastAt: at(failing.since),
            lastRunId: 50 + job.id,
            evidence: { code: failing.code, source: failing.source ?? null, host: failing.host ?? null },
          },
    lately:
      lately === undefined
        ? { ended: 1, failed: 0, evidence: null }
        : {
            ended: lately.ended,
            failed: lately.failed,
            evidence: { code: lately.code, source: lately.source ?? null, host: null },
          },
  };
}

function datasetFacts(dataset: string, minute: number, trouble: Trouble): DatasetFacts {
  const { share, ...more } = trouble.datasets?.[dataset] ?? {};
  const isMet = (share ?? (minute >= COLLECTED ? 1 : 0)) >= 0.99;
  // before it is about to be collected nothing is at risk that a run of its own would not put right
  const waiting = isMet ? [] : [{ day: DAY, dueAt: at(DUE[dataset] ?? 0), share: share ?? 0, isMet: false }];
  return {
    dataset,
    jobIds: WRITERS[dataset] ?? [],
    hosts: [HOST.tushare, HOST.eastmoney, HOST.baostock],
    sources: ['tushare', 'akshare', 'baostock'],
    hasOpenRun: false,
    wanted: 0.99,
    waiting,
    cells: { expected: 20 * EXPECTED, gaps: 0, from: plainDay('2023-12-12'), to: plainDay('2024-01-09') },
    behind: [],
    rows: Array.from({ length: 11 }, (_, no) => ({
      day: plainDay(`2024-01-${String(no + 1).padStart(2, '0')}`),
      rows: EXPECTED + no,
    })),
    ...more,
  };
}
