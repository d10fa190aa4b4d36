import type { Language } from '../error/codes.ts';
import type { Severity } from './notice.ts';

type Words = Readonly<Record<Language, string>>;

/** A number that a rule goes by. */
export interface RuleParam {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly about: string;
}

/** What a rule may be narrowed to, beside all. */
export type ScopeKind = 'job' | 'dataset' | 'source';

/** One kind of trouble: how bad, by what numbers it is judged, and what a person can do. */
export interface RuleKindSpec {
  readonly severity: Severity;
  readonly params: Readonly<Record<string, RuleParam>>;
  readonly scopes: readonly ScopeKind[];
  readonly title: Words;
  readonly about: string;
  readonly advice: Words;
}

const number = (fallback: number, unit: string, max: number, about: string, min = 1): RuleParam => ({
  fallback,
  min,
  max,
  unit,
  about,
});

const kinds = <T extends Record<string, RuleKindSpec>>(table: T): Readonly<T> => Object.freeze(table);

/** Every kind of rule with its defaults; the page of the docs is made from this table. */
export const RULE_KINDS = kinds({
  database_trouble: {
    severity: 'critical',
    params: {
      blockedSeconds: number(60, 's', 86_400, 'a statement of ours waits for a lock for so long'),
      transactionMinutes: number(60, 'min', 10_080, 'a transaction of anybody is open for so long'),
    },
    scopes: [],
    title: { en: 'The database is held up', zh: '数据库被阻塞' },
    about: 'Statements wait for a lock, or a transaction is open that keeps the database from cleaning up.',
    advice: {
      en: 'End the session that holds the lock; "tapekeeper explain" names it.',
      zh: '请结束持有锁的会话；可用 “tapekeeper explain” 查看。',
    },
  },
  disk_low: {
    severity: 'warning',
    params: { megabytes: number(2048, 'MB', 10_000_000, 'free space below this') },
    scopes: [],
    title: { en: 'The disk is nearly full', zh: '磁盘空间不足' },
    about: 'Space runs out where the database lives. Critical once no new work is begun for it.',
    advice: {
      en: 'Make room, or shorten what is kept: TAPEKEEPER_KEEP_*_DAYS.',
      zh: '请释放磁盘空间，或缩短保留天数（TAPEKEEPER_KEEP_*_DAYS）。',
    },
  },
  scheduler_stalled: {
    severity: 'critical',
    params: {
      seconds: number(60, 's', 86_400, 'no scheduler has turned for so long'),
      absenceMinutes: number(
        30,
        'min',
        10_080,
        'nobody looked for so long, when moments fell due meanwhile',
        30,
      ),
    },
    scopes: [],
    title: { en: 'Nothing decides about due jobs', zh: '调度器停止运行' },
    about: 'No scheduler turns, or none turned for a while: what fell due meanwhile was not decided about.',
    advice: {
      en: 'Look at the log of the server, and start it again if it does not turn.',
      zh: '请查看服务日志；如仍未恢复，请重启服务。',
    },
  },
  no_worker: {
    severity: 'critical',
    params: { seconds: number(120, 's', 86_400, 'runs are open and no worker beats for so long') },
    scopes: [],
    title: { en: 'No worker is alive', zh: '没有存活的工作进程' },
    about: 'Runs wait, and no worker beats that could take them.',
    advice: { en: 'Start the server, or one more of it.', zh: '请启动服务，或再启动一个实例。' },
  },
  source_down: {
    severity: 'warning',
    params: {
      openings: number(2, 'times', 20, 'the breaker has opened so often in a row; a ban counts at once'),
    },
    scopes: ['source'],
    title: { en: 'A source cannot be asked', zh: '数据源不可用' },
    about: 'The breaker of a host is open for a ban, or for trouble that did not pass with the first pause.',
    advice: {
      en: 'It is tried again by itself. "tapekeeper sources" shows until when it is left alone.',
      zh: '程序会自动重试。可用 “tapekeeper sources” 查看恢复时间。',
    },
  },
  right_missing: {
    severity: 'warning',
    params: {},
    scopes: ['source', 'dataset'],
    title: { en: 'A right is missing', zh: '缺少接口权限' },
    about: 'A data set that enabled jobs collect is refused by every source that has it.',
    advice: {
      en: 'Get the right from the source, put another source first, or disable the job.',
      zh: '请向数据源申请权限、调整数据源顺序，或停用相关任务。',
    },
  },
  budget_running_out: {
    severity: 'warning',
    params: { percent: number(90, '%', 100, 'so much of a day of calls is used up') },
    scopes: ['source'],
    title: { en: 'The calls of a source run out', zh: '数据源调用额度即将用完' },
    about:
      'The calls that a host allows in a day are nearly used up. An hour that is used up, and days of less than a hundred calls, only explain what else goes wrong.',
    advice: {
      en: 'Work goes on when the window ends. Lower what backfills ask for, or get a larger quota.',
      zh: '窗口结束后会自动继续。可减少补数任务，或提高额度。',
    },
  },
  consecutive_failures: {
    severity: 'warning',
    params: {
      count: number(3, 'runs', 100, 'so many runs of a job failed in a row'),
      hours: number(1, 'h', 720, 'or a failure stands for so long without a run that ended well'),
    },
    scopes: ['job'],
    title: { en: 'A job fails', zh: '任务连续失败' },
    about: 'Runs of a job failed for good: tries that a later one put right do not count.',
    advice: {
      en: '"tapekeeper explain" and "tapekeeper runs" say why; "runs retry" tries the failed part again.',
      zh: '可用 “tapekeeper explain” 与 “tapekeeper runs” 查看原因，“runs retry” 重试失败部分。',
    },
  },
  failure_rate: {
    severity: 'warning',
    params: {
      percent: number(50, '%', 100, 'so many of the runs of the window failed'),
      hours: number(24, 'h', 720, 'the window'),
      runs: number(6, 'runs', 10_000, 'fewer runs than this say nothing'),
    },
    scopes: ['job'],
    title: { en: 'Many runs of a job fail', zh: '任务失败率过高' },
    about: 'A large part of the runs of a window failed, though others between them ended well.',
    advice: {
      en: 'Look for what the failed runs have in common: "tapekeeper runs --state failed".',
      zh: '请查看失败运行的共同点：“tapekeeper runs --state failed”。',
    },
  },
  stuck: {
    severity: 'warning',
    params: {
      times: number(3, 'x p95', 100, 'no progress for so many times what 95 % of the runs took in all'),
      minutes: number(10, 'min', 10_080, 'but at least for so long'),
    },
    scopes: ['job', 'dataset'],
    title: { en: 'A run gets nowhere', zh: '运行停滞' },
    about:
      'An open run has written nothing for longer than its like took in all. Nothing is done to the run.',
    advice: {
      en: '"tapekeeper explain <run>" says what it waits for.',
      zh: '可用 “tapekeeper explain <运行>” 查看原因。',
    },
  },
  missed_fire: {
    severity: 'warning',
    params: { minutes: number(10, 'min', 10_080, 'a moment is due for so long and was not decided about') },
    scopes: ['job'],
    title: { en: 'A due moment passed without a run', zh: '任务错过触发' },
    about: 'A moment of an enabled job was missed, and no later one has run.',
    advice: {
      en: 'Run it by hand: "tapekeeper jobs trigger". Its misfire policy says whether it catches up by itself.',
      zh: '可用 “tapekeeper jobs trigger” 手动运行；misfire 策略决定是否自动补跑。',
    },
  },
  freshness_at_risk: {
    severity: 'info',
    params: {
      minutes: number(30, 'min', 1440, 'a day is due so soon, is not complete, and nothing works on it'),
    },
    scopes: ['dataset'],
    title: { en: 'A data set may be late', zh: '数据集可能延迟' },
    about:
      'The due time of a freshness target is near, the day is not complete, and no run of the data set is open.',
    advice: { en: 'Start the run now: "tapekeeper sync".', zh: '可立即运行 “tapekeeper sync”。' },
  },
  freshness_missed: {
    severity: 'warning',
    params: { days: number(5, 'days', 20, 'trading days back that are still waited for') },
    scopes: ['dataset'],
    title: { en: 'A data set is late', zh: '数据集延迟' },
    about: 'A trading day was not complete at the time that its freshness target says.',
    advice: { en: '"tapekeeper repair" collects what lacks.', zh: '可用 “tapekeeper repair” 补齐缺失。' },
  },
  coverage_below: {
    severity: 'warning',
    params: {
      percent: number(99, '%', 100, 'less than this of the expected cells is accounted for'),
      days: number(20, 'days', 250, 'trading days that are counted, up to the last final one'),
    },
    scopes: ['dataset'],
    title: { en: 'A data set has holes', zh: '数据集存在缺口' },
    about: 'Gaps among the cells of the last days. The newest days are left to the freshness target.',
    advice: {
      en: '"tapekeeper coverage" shows the gaps, "tapekeeper repair" fills them.',
      zh: '“tapekeeper coverage” 查看缺口，“tapekeeper repair” 补齐。',
    },
  },
  symbols_behind: {
    severity: 'info',
    params: { days: number(3, 'days', 250, 'a symbol lacks so many of the last twenty trading days') },
    scopes: ['dataset'],
    title: { en: 'Symbols stay behind', zh: '部分股票数据落后' },
    about: 'Some symbols lack several days, while the data set as a whole is complete enough.',
    advice: {
      en: '"tapekeeper why" tells of one of them; "tapekeeper repair" fills the gaps.',
      zh: '可用 “tapekeeper why” 查看原因，“tapekeeper repair” 补齐。',
    },
  },
  rows_drift: {
    severity: 'warning',
    params: {
      percent: number(10, '%', 100, 'rows of the newest collected day differ by so much from the usual'),
      days: number(10, 'days', 60, 'days whose median is the usual; half of them must be there'),
    },
    scopes: ['dataset'],
    title: { en: 'A day has an unusual number of rows', zh: '当日数据行数异常' },
    about: 'A source may have answered with a part of the market and called it whole.',
    advice: {
      en: 'Compare with another source: "tapekeeper reconcile"; then "tapekeeper sync --force".',
      zh: '可用 “tapekeeper reconcile” 与其他数据源比对，再用 “tapekeeper sync --force” 重新采集。',
    },
  },
  channel_failing: {
    severity: 'warning',
    params: { count: number(2, 'notices', 20, 'so many notices in a row could not be delivered') },
    scopes: [],
    title: { en: 'Notices do not arrive', zh: '通知无法送达' },
    about:
      'An enabled channel has given up notices, none has got through since, and nobody has changed it. It is told by the other channels.',
    advice: {
      en: 'Look at its last error with "tapekeeper channels notices", correct it, and try "tapekeeper channels test".',
      zh: '可用 “tapekeeper channels notices” 查看最近的错误，修正后用 “tapekeeper channels test” 测试。',
    },
  },
  calendar_ending: {
    severity: 'warning',
    params: { days: number(30, 'days', 366, 'the announced calendar ends within so many days') },
    scopes: [],
    title: { en: 'The trading calendar ends soon', zh: '交易日历即将到期' },
    about:
      'Past its end each weekday counts as a trading day, and no day is expected or final. To be known at first, and of its own severity ten days ahead.',
    advice: {
      en: 'Run "tapekeeper sync trade_calendar" once the exchanges have announced the next year.',
      zh: '交易所公布下一年安排后，请运行 “tapekeeper sync trade_calendar”。',
    },
  },
});

export type RuleKind = keyof typeof RULE_KINDS;
export const RULE_KIND_NAMES = Object.keys(RULE_KINDS) as readonly RuleKind[];

/** The same table by any kind, for code that does not care which. */
export function ruleKindSpec(kind: RuleKind): RuleKindSpec {
  return RULE_KINDS[kind];
}
