import type { NoticeMessage } from '@tapekeeper/core';

/** What somebody who writes names of jobs or answers of servers may try to slip into a notice. */
export const HOSTILE =
  '[here](https://evil.example/x) <@all> @all <!channel> **b** `c` # h\n> q ![i](http://e) &lt;@x&gt;';

export function messageOf(more: Partial<NoticeMessage> = {}): NoticeMessage {
  return {
    kind: 'opened',
    severity: 'critical',
    incidentId: 12,
    cause: 'source:tushare',
    title: { en: 'Tushare does not answer', zh: 'Tushare 无响应' },
    text: { en: 'Since 20:00.\nDo look at daily_bars.', zh: '自 20:00 起。\n请检查 daily_bars。' },
    at: Date.UTC(2024, 0, 31, 12),
    path: '/incidents/12',
    ...more,
  };
}
