import type { Bilingual } from './bilingual.ts';

/** What `tapekeeper sources` says. */
export const SOURCE_TEXTS = {
  'option.set': { en: 'only the symbols of a set', zh: '仅采集某个代码集中的代码' },
  'help.sources': {
    en: 'say how the sources are, test them, set their order',
    zh: '查看、测试数据源并设置顺序',
  },
  'help.sourcesList': {
    en: 'list sources, hosts, budgets and breakers',
    zh: '列出数据源、主机、额度与熔断状态',
  },
  'help.sourcesTest': {
    en: 'make one small call to a source, or to each',
    zh: '对一个或每个数据源做一次小调用',
  },
  'help.sourcesOrder': {
    en: 'show or set the order in which sources are asked',
    zh: '查看或设置数据源的请求顺序',
  },
  'help.sourcesForget': {
    en: 'forget the ceilings that a host has taught, as after buying points',
    zh: '忘记从主机学到的限额，例如购买积分之后',
  },
  'argument.host': { en: 'host, as "sources list" shows it', zh: '主机名，见 “sources list”' },
  'sources.forgotten': {
    en: '{host}: {count} learned ceilings forgotten.',
    zh: '{host}：已忘记 {count} 个学到的限额。',
  },
  'argument.source': { en: 'tushare, akshare or baostock', zh: 'tushare、akshare 或 baostock' },
  'argument.orderDataset': { en: 'data set, or "all"', zh: '数据集，或 “all”' },
  'option.orderSet': {
    en: 'sources in the order of asking, with commas',
    zh: '按请求顺序排列的数据源，以逗号分隔',
  },
  'option.orderReset': { en: 'back to the order of the settings', zh: '恢复设置中的顺序' },
  'column.host': { en: 'host', zh: '主机' },
  'column.budgets': { en: 'calls allowed', zh: '允许的调用' },
  'column.note': { en: 'note', zh: '备注' },
  'column.order': { en: 'order', zh: '顺序' },
  'column.setBy': { en: 'set for', zh: '设置范围' },
  'column.warnings': { en: 'warnings', zh: '警告' },
  'sources.openUntil': { en: 'open until {until}: {reason}', zh: '熔断至 {until}：{reason}' },
  'sources.budget': { en: '{capacity} per {window}', zh: '每{window} {capacity} 次' },
  'sources.each': { en: '{count} interfaces, each', zh: '{count} 个接口，各' },
  'sources.usedUp': { en: ', used up', zh: '，已用完' },
  'sources.learned': { en: ' (learned)', zh: '（已学习）' },
  'sources.minute': { en: 'minute', zh: '分钟' },
  'sources.hour': { en: 'hour', zh: '小时' },
  'sources.day': { en: 'day', zh: '天' },
  'sources.seconds': { en: '{seconds} s', zh: ' {seconds} 秒' },
  'sources.ok': { en: 'answers in {ms} ms', zh: '{ms} 毫秒内应答' },
  'sources.from.dataset': { en: 'this data set', zh: '该数据集' },
  'sources.from.all': { en: 'all', zh: '全部' },
  'sources.from.settings': { en: 'settings', zh: '默认设置' },
  'sources.warning.no_source': { en: 'nobody can be asked', zh: '没有可用数据源' },
  'sources.warning.no_right': { en: '{source} refuses {detail}', zh: '{source} 拒绝 {detail}' },
  'sources.warning.breaker_open': { en: '{source} rests: {detail}', zh: '{source} 熔断中：{detail}' },
  'sources.warning.no_fallback': { en: 'nobody to fall back on', zh: '没有后备数据源' },
  'sources.warning.not_all_exchanges': { en: '{source} lacks {detail}', zh: '{source} 不含 {detail}' },
  'run.servedBy': { en: 'Served by:', zh: '数据来源：' },
} as const satisfies Readonly<Record<string, Bilingual>>;
