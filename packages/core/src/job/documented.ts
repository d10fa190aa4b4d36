import type { DatasetId } from '../dataset/dataset.ts';
import { parseDay } from '../day.ts';
import type { Words } from '../trigger/describeSchedule.ts';
import { readCommandLine } from './commandLine.ts';
import type { JobWork } from './jobType.ts';

/** A documented task in the terms of this program, or why there is none. */
export type DocumentedJob =
  | {
      readonly work: JobWork;
      /** What it does otherwise than the documented one; null where nothing is worth telling. */
      readonly note: Words | null;
    }
  | { readonly refused: string; readonly why: Words };

/** The configuration of a documented task; nothing in it has been checked. */
export type DocumentedConfig = Readonly<Record<string, unknown>>;

/**
 * Maps the configuration of a documented task, `{"task_action": "sync_daily_data", …}` or
 * `{"command": "python zquant/scheduler/job/sync_daily_data.py --start-date 20240101"}`, onto a job. A
 * `command` wins over a `task_action`. Nothing is ever run as a command line.
 * @example documentedJob({ task_action: 'sync_stock_list' })
 */
export function documentedJob(config: DocumentedConfig): DocumentedJob {
  const command = textOf(config['command']);
  if (command !== undefined) return jobOfCommand(command);
  const action = textOf(config['task_action']);
  if (action === undefined) return refusal('', NOTHING_TO_DO);
  return jobOf(action, makerOf(ACTIONS, action), config);
}

type Maker = (options: DocumentedConfig) => DocumentedJob;

const FACTOR_NOTE: Words = {
  en: 'Adjustment factors are collected; adjusted prices are computed from them when read. Technical indicators are not.',
  zh: '采集的是复权因子，复权价格在读取时由其计算；不采集技术指标。',
};
const STATEMENTS_NOTE: Words = {
  en: 'All statements are collected together, whichever one is named.',
  zh: '无论指定哪一张，所有财务报表都会一并采集。',
};
const CALENDAR_NOTE: Words = {
  en: 'Without days, the calendar is collected as far as it is announced.',
  zh: '未指定日期时，采集至已公布的最后一日。',
};

const ACTIONS: Readonly<Record<string, Maker>> = {
  example_task: exampleJob,
  sync_stock_list: (options) => syncJob('stock_basics', options),
  sync_trading_calendar: (options) => syncJob('trade_calendar', options, CALENDAR_NOTE),
  sync_daily_data: (options) => syncJob('daily_bars', options),
  sync_all_daily_data: (options) => syncJob('daily_bars', options),
  sync_daily_basic_data: (options) => syncJob('daily_basics', options),
  calculate_factor: () => refusal('calculate_factor', NO_COMPUTING),
  batch_stock_filter: () => refusal('batch_stock_filter', NO_COMPUTING),
};

const SCRIPTS: Readonly<Record<string, Maker>> = {
  'sync_stock_list.py': (options) => syncJob('stock_basics', options),
  'sync_trading_calendar.py': (options) => syncJob('trade_calendar', options, CALENDAR_NOTE),
  'sync_daily_data.py': (options) => syncJob('daily_bars', options),
  'sync_daily_basic_data.py': (options) => syncJob('daily_basics', options),
  'sync_factor_data.py': (options) => syncJob('adj_factors', options, FACTOR_NOTE),
  'sync_stkfactorpro_data.py': () => refusal('sync_stkfactorpro_data.py', NO_INDICATORS),
  'sync_financial_data.py': (options) => syncJob('financials', options, STATEMENTS_NOTE),
  'sync_table_statistics.py': () => ({ work: { type: 'statistics', params: {} }, note: null }),
  'calculate_factor.py': () => refusal('calculate_factor.py', NO_COMPUTING),
};

/** Names of options, as the scripts and the configurations write them. */
const SYMBOL_NAMES = ['codes', 'codelist', 'code_list', 'symbols', 'ts_code', 'ts_codes', 'code', 'symbol'];
const DATE_NAMES = ['start_date', 'end_date'];
/** What chooses among things that come together anyway. */
const IDLE_NAMES = ['statement_type', 'exchange', 'list_status', 'extra_info'];
const OPTION_NAMES: readonly string[] = [...SYMBOL_NAMES, ...DATE_NAMES, ...IDLE_NAMES];

/** First day of the documented scripts where only the last one is given. */
const FIRST_DAY = '2025-01-01';

function jobOfCommand(command: string): DocumentedJob {
  const line = readCommandLine(command);
  if ('fault' in line) return refusal(command, line.fault === 'quote' ? OPEN_QUOTE : NO_SHELL);
  const [program = '', script = '', ...rest] = line.words;
  if (!/^python(3(\.\d+)?)?(\.exe)?$/i.test(fileOf(program))) return refusal(command, UNKNOWN_PROGRAM);
  const make = makerOf(SCRIPTS, fileOf(script));
  if (make === undefined) return refusal(command, UNKNOWN_PROGRAM);
  const options = optionsOf(rest);
  if (options === undefined) return refusal(command, BAD_OPTIONS);
  return jobOf(command, make, options);
}

/** Only names of the table itself: `constructor` is none. */
function makerOf(table: Readonly<Record<string, Maker>>, name: string): Maker | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function jobOf(name: string, make: Maker | undefined, options: DocumentedConfig): DocumentedJob {
  return make === undefined ? refusal(name, UNKNOWN_ACTION) : make(options);
}

/** `--name value` and `--name=value`; undefined for anything else, and for names that no script has. */
function optionsOf(words: readonly string[]): DocumentedConfig | undefined {
  const options: Record<string, string> = {};
  for (let at = 0; at < words.length; at++) {
    const [, flag, given] = /^--([a-z][a-z_-]*)(?:=(.*))?$/s.exec(words[at] ?? '') ?? [];
    const name = flag?.replaceAll('-', '_');
    const value = given ?? words[++at];
    if (name === undefined || value === undefined || !OPTION_NAMES.includes(name)) return undefined;
    options[name] = value;
  }
  return options;
}

function syncJob(dataset: DatasetId, options: DocumentedConfig, note: Words | null = null): DocumentedJob {
  const from = dayOf(options['start_date']);
  const to = dayOf(options['end_date']);
  if (from === null || to === null) {
    return refusal(String(options[from === null ? 'start_date' : 'end_date']), BAD_DATE);
  }
  const symbols = SYMBOL_NAMES.flatMap((name) => symbolsOf(options[name]));
  return {
    work: {
      type: 'sync',
      params: {
        dataset,
        ...(from === undefined && to === undefined ? {} : { from: from ?? FIRST_DAY }),
        ...(to === undefined ? {} : { to }),
        ...(symbols.length === 0 || !OF_SYMBOLS.includes(dataset) ? {} : { symbols }),
      },
    },
    note,
  };
}

const OF_SYMBOLS: readonly DatasetId[] = ['daily_bars', 'daily_basics', 'adj_factors', 'financials'];

const EXAMPLE = { durationSeconds: 3, successRate: 1, steps: 5 };

function exampleJob(options: DocumentedConfig): DocumentedJob {
  const within = (name: string, low: number, high: number, usual: number): number => {
    const value = Number(options[name] ?? usual);
    return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : usual;
  };
  const message = textOf(options['message'])?.slice(0, 1000);
  return {
    work: {
      type: 'example',
      params: {
        durationSeconds: within('duration_seconds', 0, 86_400, EXAMPLE.durationSeconds),
        successRate: within('success_rate', 0, 1, EXAMPLE.successRate),
        steps: Math.round(within('steps', 1, 1000, EXAMPLE.steps)),
        ...(message === undefined ? {} : { message }),
      },
    },
    note: null,
  };
}

/** A day in either spelling; undefined where there is none, null for what is no day. */
function dayOf(value: unknown): string | undefined | null {
  const text = typeof value === 'number' ? String(value) : textOf(value);
  if (text === undefined) return undefined;
  return parseDay(text) ?? null;
}

function symbolsOf(value: unknown): readonly string[] {
  const texts = Array.isArray(value) ? value.map(textOf) : [textOf(value)];
  return texts.flatMap((text) => (text ?? '').split(/[\s,;]+/).filter((part) => part !== ''));
}

/** A text with something in it. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function fileOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? '';
}

function refusal(refused: string, why: Words): DocumentedJob {
  return { refused: refused.slice(0, 200), why };
}

const NOTHING_TO_DO: Words = {
  en: 'The configuration names neither a command nor a task_action.',
  zh: '配置中既没有 command，也没有 task_action。',
};
const UNKNOWN_ACTION: Words = {
  en: `There is no such task_action. Known: ${Object.keys(ACTIONS).join(', ')}.`,
  zh: `没有这个 task_action。可用：${Object.keys(ACTIONS).join('、')}。`,
};
const NO_COMPUTING: Words = {
  en: 'Factors and stock filters are computed by those who read the data; this program collects it.',
  zh: '本程序只采集数据；量化因子计算与股票筛选请由使用数据的程序完成。',
};
const NO_INDICATORS: Words = {
  en: 'Technical indicators (stk_factor_pro) are not collected; they can be computed from bars and factors.',
  zh: '不采集技术指标（stk_factor_pro）；可由行情与复权因子计算得出。',
};
const NO_SHELL: Words = {
  en: 'Nothing is run through a shell: write one program with its options.',
  zh: '不会通过 shell 执行命令：请只写一个程序及其选项。',
};
const OPEN_QUOTE: Words = {
  en: 'A quote in the command is not closed.',
  zh: '命令中的引号没有闭合。',
};
const UNKNOWN_PROGRAM: Words = {
  en: `Only the documented scripts are known: python .../${Object.keys(SCRIPTS).join(', ')}. For a program of your own, set TAPEKEEPER_COMMANDS and make a job of type command.`,
  zh: `只认识文档中的脚本：python .../${Object.keys(SCRIPTS).join('、')}。若要运行自己的程序，请设置 TAPEKEEPER_COMMANDS，并创建 command 类型的任务。`,
};
const BAD_OPTIONS: Words = {
  en: 'The options cannot be read. Known: --start-date, --end-date, --codes, --statement-type, --exchange, each with a value.',
  zh: '无法读取选项。可用：--start-date、--end-date、--codes、--statement-type、--exchange，且均须带值。',
};
const BAD_DATE: Words = {
  en: 'It is not a day. Write 20240131 or 2024-01-31.',
  zh: '不是日期。请写成 20240131 或 2024-01-31。',
};
