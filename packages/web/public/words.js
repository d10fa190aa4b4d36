/** Every text of the page in both languages; a test holds their keys together. */

export const WORDS = {
  en: {
    other: '中文',
    otherLabel: '切换到中文',
    skip: 'Skip to the figures',
    live: (time) => `Live · ${time}`,
    lost: (time) => `No answer since ${time}`,
    connecting: 'Connecting',
    replay: 'Replayed data',
    replayNote: 'A demonstration: these figures are of a replayed market, not of a live one.',
    marketDay: (day) => `Market day ${day}`,
    shanghaiTime: 'Shanghai time',

    loading: 'Reading the figures',
    unreachable: 'The server cannot be reached.',
    unreachableSince: (time) => `The server cannot be reached; these figures are of ${time}.`,
    nothingYet: 'Nothing has been collected yet.',
    nothingHint: 'Begin with the daily bars of the last year:',
    allFine: (count, day) =>
      day === null
        ? `All ${count} data sets are up to date.`
        : `All ${count} data sets are complete through ${day}.`,
    failedOnes: (names) => `the last sync of ${named(names, 'data sets')} failed`,
    gapOnes: (names) => `there are gaps in ${named(names, 'data sets')}`,
    behindOnes: (names) => `the newest days are missing in ${named(names, 'data sets')}`,
    staleOnes: (names) => (names.length === 1 ? `${names[0]} is old` : `${names.length} lists are old`),
    runningOnes: (names) =>
      `${named(names, 'data sets')} ${names.length === 1 ? 'is' : 'are'} being collected`,
    neverOnes: (names) => `nothing of ${named(names, 'data sets')} has been asked for`,
    restFine: (count) => (count === 1 ? 'the other one is fine' : `the other ${count} are fine`),
    join: (parts) => {
      const last = parts.at(-1);
      const text = parts.length < 3 ? parts.join(' and ') : `${parts.slice(0, -1).join(', ')}, and ${last}`;
      return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
    },

    datasets: 'Data sets',
    datasetsNote: 'Cells are symbols × trading days; suspended, absent and accepted ones are no gaps',
    dataset: 'Data set',
    state: 'State',
    newest: 'Newest complete day',
    strip: 'Last trading days',
    complete: 'Complete',
    coveredOfExpected: 'Covered / expected',
    gaps: 'Gaps',
    absent: 'Absent',
    suspended: 'Suspended',
    rows: 'Rows, about',
    asOf: (time) => `as of ${time}`,
    through: (day) => `through ${day}`,
    stripLabel: (full, days) => `Of the last ${days} trading days, ${full} are complete`,
    dayFull: (day, expected) => `${day}: all ${expected}`,
    dayLacks: (day, gaps, expected) => `${day}: ${gaps} of ${expected} missing`,

    isNever: 'Never collected',
    isBeside: 'By-products only',
    isComplete: 'Complete',
    isFresh: 'Fresh',
    isStale: 'Old',
    isFailed: 'Failed',
    isBehind: (days) => (days === 1 ? '1 day behind' : `${days} days behind`),
    isBehindLong: (days) => `${days} or more days behind`,
    isGaps: 'Gaps',
    isRunning: (percent) => (percent === null ? 'Collecting' : `Collecting ${percent}`),

    mostGaps: 'Where the gaps are',
    mostGapsNote: 'Symbols that lack most',
    gapsOf: (count) => (count === 1 ? '1 symbol' : `${count} symbols`),
    oneDay: (day) => `on ${day}`,
    fromTo: (from, to) => `${from} to ${to}`,

    runningNow: 'Running now',
    nothingRuns: 'Nothing runs at the moment.',
    ofSymbols: (done, total) => `${done} / ${total} symbols`,
    ofItems: (done, total) => `${done} / ${total} calls`,
    rowCount: (count) => `${count} rows`,
    perSecond: (count) => `${count} rows/s`,
    left: (time) => `${time} left`,
    reckoning: 'reckoning the time left',
    planning: 'Planning',
    waitsForLists: 'Waits for the lists that it needs',
    queued: 'In the queue',
    progressOf: (name) => `Progress of ${name}`,

    sources: 'Sources',
    sourcesNote: 'In the order of asking',
    serves: (count) => (count === 1 ? 'serves 1 data set' : `serves ${count} data sets`),
    refuses: (names) => `refuses ${names} to this token`,
    noSources: 'No source is in use.',

    lastRuns: 'Last runs',
    noRuns: 'There has been no run yet.',
    run: 'Run',
    what: 'Data set and days',
    began: 'Began',
    took: 'Took',
    symbols: 'Symbols',
    rowsWritten: 'Rows written',
    exceptions: 'Exceptions',
    cause: 'Asked for by',
    allSymbols: 'all symbols',
    someSymbols: (count) => (count === 1 ? '1 symbol' : `${count} symbols`),
    callsFailed: (count) => (count === 1 ? '1 call failed' : `${count} calls failed`),
    unchangedRows: (count) => `${count} unchanged`,
    outcome: {
      absent: (count) => `${count} absent`,
      suspended: (count) => `${count} suspended`,
      fell_back: (count) => `${count} from a later source`,
      quarantined: (count) => `${count} quarantined`,
      failed: (count) => `${count} failed`,
    },
    person: 'a person',
    requirement: (run) => `run ${run}`,
    fire: 'schedule',
    runState: {
      pending: 'Queued',
      running: 'Running',
      paused: 'Paused',
      success: 'Succeeded',
      success_with_errors: 'Partial',
      failed: 'Failed',
      cancelled: 'Cancelled',
      skipped: 'Skipped',
      missed: 'Missed',
    },
    duration: { h: ' h ', m: ' min ', s: ' s', ms: ' ms' },

    version: (version) => `tapekeeper ${version}`,
    databaseSize: (size) => `Database ${size}`,
    freeSpace: (size) => `${size} free`,
    api: 'Interface (OpenAPI)',
  },

  zh: {
    other: 'English',
    otherLabel: 'Switch to English',
    skip: '跳到数据',
    live: (time) => `实时 · ${time}`,
    lost: (time) => `自 ${time} 起无应答`,
    connecting: '连接中',
    replay: '回放数据',
    replayNote: '演示：以下为回放行情的数据，并非实时市场。',
    marketDay: (day) => `市场日期 ${day}`,
    shanghaiTime: '上海时间',

    loading: '正在读取',
    unreachable: '无法连接服务。',
    unreachableSince: (time) => `无法连接服务，以下为 ${time} 的数据。`,
    nothingYet: '尚未采集任何数据。',
    nothingHint: '可先采集最近一年的日线：',
    allFine: (count, day) =>
      day === null ? `全部 ${count} 个数据集均为最新。` : `全部 ${count} 个数据集完整至 ${day}。`,
    failedOnes: (names) => `${named(names, '个数据集')}上次采集失败`,
    gapOnes: (names) => `${named(names, '个数据集')}有缺口`,
    behindOnes: (names) => `${named(names, '个数据集')}缺最新交易日`,
    staleOnes: (names) => `${named(names, '个列表')}已陈旧`,
    runningOnes: (names) => `${named(names, '个数据集')}采集中`,
    neverOnes: (names) => `${named(names, '个数据集')}尚未采集`,
    restFine: (count) => `其余 ${count} 个正常`,
    join: (parts) => `${parts.join('，')}。`,

    datasets: '数据集',
    datasetsNote: '单元格 = 代码 × 交易日；停牌、缺席与已确认的不算缺口',
    dataset: '数据集',
    state: '状态',
    newest: '最新完整日',
    strip: '近期交易日',
    complete: '完整率',
    coveredOfExpected: '已有 / 应有',
    gaps: '缺口',
    absent: '缺席',
    suspended: '停牌',
    rows: '行数（约）',
    asOf: (time) => `截至 ${time}`,
    through: (day) => `至 ${day}`,
    stripLabel: (full, days) => `近 ${days} 个交易日中 ${full} 个完整`,
    dayFull: (day, expected) => `${day}：${expected} 只齐全`,
    dayLacks: (day, gaps, expected) => `${day}：应有 ${expected}，缺 ${gaps}`,

    isNever: '从未采集',
    isBeside: '仅附带数据',
    isComplete: '完整',
    isFresh: '最新',
    isStale: '陈旧',
    isFailed: '失败',
    isBehind: (days) => `落后 ${days} 天`,
    isBehindLong: (days) => `落后 ${days} 天以上`,
    isGaps: '有缺口',
    isRunning: (percent) => (percent === null ? '采集中' : `采集中 ${percent}`),

    mostGaps: '缺口所在',
    mostGapsNote: '缺得最多的代码',
    gapsOf: (count) => `${count} 只`,
    oneDay: (day) => day,
    fromTo: (from, to) => `${from} 至 ${to}`,

    runningNow: '正在运行',
    nothingRuns: '当前没有运行。',
    ofSymbols: (done, total) => `${done} / ${total} 只`,
    ofItems: (done, total) => `${done} / ${total} 次调用`,
    rowCount: (count) => `${count} 行`,
    perSecond: (count) => `${count} 行/秒`,
    left: (time) => `剩余 ${time}`,
    reckoning: '剩余时间计算中',
    planning: '规划中',
    waitsForLists: '等待所需列表',
    queued: '排队中',
    progressOf: (name) => `${name}的进度`,

    sources: '数据源',
    sourcesNote: '按询问顺序',
    serves: (count) => `提供 ${count} 个数据集`,
    refuses: (names) => `当前令牌无权访问 ${names}`,
    noSources: '没有启用的数据源。',

    lastRuns: '最近运行',
    noRuns: '尚无运行。',
    run: '运行',
    what: '数据集与日期',
    began: '开始',
    took: '用时',
    symbols: '代码',
    rowsWritten: '写入行数',
    exceptions: '例外',
    cause: '触发',
    allSymbols: '全部代码',
    someSymbols: (count) => `${count} 只`,
    callsFailed: (count) => `${count} 次调用失败`,
    unchangedRows: (count) => `${count} 未变化`,
    outcome: {
      absent: (count) => `缺席 ${count}`,
      suspended: (count) => `停牌 ${count}`,
      fell_back: (count) => `回退 ${count}`,
      quarantined: (count) => `隔离 ${count}`,
      failed: (count) => `失败 ${count}`,
    },
    person: '手动',
    requirement: (run) => `运行 ${run}`,
    fire: '定时',
    runState: {
      pending: '排队',
      running: '运行中',
      paused: '已暂停',
      success: '成功',
      success_with_errors: '部分成功',
      failed: '失败',
      cancelled: '已终止',
      skipped: '已跳过',
      missed: '错过',
    },
    duration: { h: ' 小时 ', m: ' 分 ', s: ' 秒', ms: ' 毫秒' },

    version: (version) => `tapekeeper ${version}`,
    databaseSize: (size) => `数据库 ${size}`,
    freeSpace: (size) => `剩余 ${size}`,
    api: '接口（OpenAPI）',
  },
};

/** The one by its name, several by their number. */
function named(names, what) {
  return names.length === 1 ? names[0] : `${names.length} ${what}`;
}

const STORED_UNDER = 'tapekeeper.language';

/** The language chosen before, else the browser's. */
export function startLanguage() {
  const stored = readStored();
  if (stored === 'en' || stored === 'zh') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export function storeLanguage(language) {
  try {
    localStorage.setItem(STORED_UNDER, language);
  } catch {
    // a browser that keeps nothing still shows the page
  }
}

function readStored() {
  try {
    return localStorage.getItem(STORED_UNDER);
  } catch {
    return null;
  }
}
