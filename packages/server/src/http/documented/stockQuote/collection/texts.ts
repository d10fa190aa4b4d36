import type { Wordings } from '../../refusal.ts';

/** What the tasks of the stock quote system say; the first ones are the documented ones, letter by letter. */
export const TEXTS = {
  badDate: '日期格式错误，请使用 YYYY-MM-DD 格式',
  busy: '已有采集任务正在运行，请等待完成后再启动新任务',
  unknownTask: '任务不存在',
  over: '任务已完成或失败，无法取消',
  cancelled: '任务已取消',
  marketNotKnown: 'market只支持CN/HK',
  oneOrAll: '单股采集与全量采集不可同时指定',

  historicalStarted: '历史数据采集任务已启动',
  realtimeStarted: '实时数据采集任务已启动',
  tushareStarted: 'Tushare历史数据采集任务已启动',
  realtimeHistoricalStarted: '实时行情表历史采集任务已启动',

  noHongKong: '暂不支持港股（HK）数据采集，请使用 market=CN',
  dayOrder: '开始日期不能晚于结束日期',
  futureDay: '日期不能晚于今天',
  noTushare: 'Tushare数据源未启用，请在配置中启用后重试',
} as const;

/** Errors of starting a task; those of reading and cancelling have their own. */
export const START_WORDINGS: Wordings = {
  job_busy: [400, TEXTS.busy],
  group_busy: [400, TEXTS.busy],
  bad_day: [400, TEXTS.badDate],
  day_order: [400, TEXTS.dayOrder],
  future_day: [400, TEXTS.futureDay],
  unknown_source: [400, TEXTS.noTushare],
};

/** The codes that are none of a listed stock, the first of them. */
export function unknownCodes(codes: readonly string[], most = 5): string {
  const shown = codes
    .slice(0, most)
    .map((code) => code.slice(0, 20))
    .join('、');
  const rest = codes.length > most ? `等 ${codes.length} 个` : '';
  return `股票代码不存在或无法识别：${shown}${rest}`;
}

const STARTING = '启动采集任务失败';

/** How each operation begins to say that something of ours has failed. */
export const COLLECTION_FAILURES: Readonly<Record<string, string>> = {
  stockQuoteStartHistorical: STARTING,
  stockQuoteStartHistoricalAlias: STARTING,
  stockQuoteStartHistoricalRootAlias: STARTING,
  stockQuoteStartRealtime: STARTING,
  stockQuoteStartTushareHistorical: STARTING,
  stockQuoteStartRealtimeHistorical: STARTING,
  stockQuoteTaskStatus: '获取任务状态失败',
  stockQuoteListTasks: '获取任务列表失败',
  stockQuoteCancelTask: '取消任务失败',
  stockQuoteStockList: '获取股票列表失败',
  stockQuoteCurrentTask: '获取当前任务信息失败',
};
