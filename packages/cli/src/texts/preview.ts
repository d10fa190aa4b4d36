import type { Bilingual } from './bilingual.ts';

/** What `tapekeeper preview` says. */
export const PREVIEW_TEXTS = {
  'help.preview': { en: 'say when a trigger is due', zh: '显示触发器的到期时间' },
  'option.previewCron': {
    en: 'cron expression of 5 or 6 fields, as "30 17 * * 1-5"',
    zh: '五或六个字段的 cron 表达式，例如 “30 17 * * 1-5”',
  },
  'option.previewSession': {
    en: 'rule of the trading session, as "close(XSHG)+30m"',
    zh: '交易时段规则，例如 “close(XSHG)+30m”',
  },
  'option.previewInterval': {
    en: 'length of an interval: 90s, 15m, 6h, 7d',
    zh: '间隔长度：90s、15m、6h、7d',
  },
  'option.previewAnchor': {
    en: 'time from which an interval is counted; default: --from',
    zh: '间隔的起算时间；默认：--from 的时间',
  },
  'option.previewTz': {
    en: 'IANA zone of the cron expression, and of the times given and shown',
    zh: 'cron 表达式以及输入与显示时间所用的 IANA 时区',
  },
  'option.previewFrom': {
    en: 'first time that may be listed: 2026-11-22, 2026-11-22T08:00 in the zone, or with an offset; default: now',
    zh: '可列出的最早时间：2026-11-22、该时区的 2026-11-22T08:00，或带偏移的时间；默认：现在',
  },
  'option.previewCount': { en: 'how many times, up to 10000', zh: '列出的数量，最多 10000' },
  'option.previewTradingDays': { en: 'only on trading days', zh: '仅限交易日' },
  'usage.previewKind': {
    en: 'Give one of --cron, --session and --interval: preview --cron "30 17 * * 1-5".',
    zh: '请指定 --cron、--session、--interval 之一，例如 preview --cron "30 17 * * 1-5"。',
  },
  'usage.previewAnchor': { en: '--anchor goes with --interval.', zh: '--anchor 需与 --interval 合用。' },
  'usage.previewInterval': {
    en: '"{text}" is no length of time: write 90s, 15m, 1h30m or 7d.',
    zh: '“{text}” 不是时间长度：请写成 90s、15m、1h30m 或 7d。',
  },
  'usage.previewCount': { en: '--count goes from 1 to {most}.', zh: '--count 的范围为 1 至 {most}。' },
  'column.local': { en: 'local time', zh: '当地时间' },
  'column.weekday': { en: 'weekday', zh: '星期' },
  'column.utc': { en: 'UTC', zh: '世界时 UTC' },
  'preview.builtin': {
    en: 'By the calendar that comes with the program: no server of this installation is running.',
    zh: '依据程序自带的交易日历：本安装没有正在运行的服务。',
  },
  'preview.server': {
    en: 'By the calendar of the server at {url}, with its corrections.',
    zh: '依据 {url} 上服务的交易日历（含更正）。',
  },
  'preview.ofDay': { en: 'session of {day}', zh: '属于 {day} 交易日' },
  'preview.assumed': { en: 'assumed day', zh: '假定交易日' },
  'weekday.0': { en: 'Sunday', zh: '星期日' },
  'weekday.1': { en: 'Monday', zh: '星期一' },
  'weekday.2': { en: 'Tuesday', zh: '星期二' },
  'weekday.3': { en: 'Wednesday', zh: '星期三' },
  'weekday.4': { en: 'Thursday', zh: '星期四' },
  'weekday.5': { en: 'Friday', zh: '星期五' },
  'weekday.6': { en: 'Saturday', zh: '星期六' },
} as const satisfies Readonly<Record<string, Bilingual>>;
