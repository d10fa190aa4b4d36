import { DAY_MS, parseDay, type Instant } from '@tapekeeper/core';
import type { LogFilter } from '../../../../ports/logPageStore.ts';
import { DocumentedRefusal } from '../../refusal.ts';
import { choiceOf, TELLING } from './actionTypes.ts';

/** How a page or an export of the log is narrowed. */
export interface WrittenFilter {
  readonly start_date?: string | undefined;
  readonly end_date?: string | undefined;
  readonly action_type?: string | undefined;
  readonly success?: boolean | undefined;
  readonly keyword?: string | undefined;
}

/** The runs that stand beside the lines of the audit log: syncs of the stock list that have ended. */
export const SYNCS: LogFilter['runs'] = {
  dataset: 'stock_basics',
  states: ['success', 'success_with_errors', 'failed', 'cancelled'],
};

/** An empty part is as none. Refuses what is no time. */
export function readFilter(written: WrittenFilter): LogFilter {
  const {
    start_date: from = '',
    end_date: until = '',
    action_type: type = '',
    success,
    keyword = '',
  } = written;
  return {
    operations: type === '' ? null : choiceOf(type),
    runs: type === '' || type === 'data_import' ? SYNCS : { ...SYNCS, states: [] },
    success: success ?? null,
    telling: TELLING,
    text: keyword.trim() === '' ? null : keyword.trim(),
    from: from === '' ? null : instantOf(from),
    until: until === '' ? null : endOf(until),
  };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(Z|[+-]\d{2}:\d{2})?$/;

/** A time without a zone is one of Shanghai. */
function instantOf(text: string): Instant {
  const [, day, time, zone = '+08:00'] = TIME.exec(text) ?? [];
  const written = DAY.test(text) ? `${text}T00:00+08:00` : `${day}T${time}${zone}`;
  const instant = Date.parse(written);
  if (Number.isNaN(instant) || parseDay(text.slice(0, 10)) === undefined)
    throw new DocumentedRefusal('bad_request', 400, `时间格式错误: ${text}`);
  return instant;
}

/** A day is meant to its end. */
function endOf(text: string): Instant {
  return instantOf(text) + (DAY.test(text) ? DAY_MS : 0);
}
