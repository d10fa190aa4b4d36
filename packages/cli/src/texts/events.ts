import type { Bilingual } from './bilingual.ts';

/** What happens, as it happens. */
export const EVENT_TEXTS = {
  'help.events': { en: 'print what has happened, or happens', zh: '显示已发生或正在发生的事件' },
  'argument.topics': {
    en: 'what to tell of: runs, jobs, fires, progress, sources, workers, coverage, run:12, job:3, dataset:daily_bars …',
    zh: '主题：runs、jobs、fires、progress、sources、workers、coverage、run:12、job:3、dataset:daily_bars 等',
  },
  'option.followEvents': { en: 'go on until it is stopped', zh: '持续显示，直到被停止' },
  'option.last': { en: 'how many of the newest events to look through first', zh: '先查看最近多少个事件' },
  'option.afterEvent': { en: 'begin after the event of this number', zh: '从此编号之后的事件开始' },
  'events.none': { en: 'Nothing has happened there lately.', zh: '近期没有相关事件。' },
  'events.resync': {
    en: 'The events before number {upTo} are no longer kept.',
    zh: '编号 {upTo} 之前的事件已不再保留。',
  },
  'events.lost': { en: 'The connection was lost; trying again.', zh: '连接中断，正在重试。' },
} as const satisfies Readonly<Record<string, Bilingual>>;
