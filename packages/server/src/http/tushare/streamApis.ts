import type { Row } from '@tapekeeper/core';
import { dayOf, numberOf, storedApi, tenThousandShares, textOf, type BackApi, type Cell } from './api.ts';
import { anyOf, onDay, requireOneOf, symbolsAndDays, withinDays } from './params.ts';

/** Suspensions, names and dividends. */

const suspendD = storedApi({
  name: 'suspend_d',
  cap: 5000,
  dataset: 'suspensions',
  newest: 'trade_date',
  columns: {
    ts_code: textOf('symbol'),
    trade_date: dayOf('trade_date'),
    suspend_timing: textOf('timing'),
    suspend_type: textOf('suspend_type'),
  },
  filters: (params) => [...symbolsAndDays(params), ...anyOf(params, 'suspend_type')],
});

/** The days of the question are those of the announcement. */
const nameChange = storedApi({
  name: 'namechange',
  cap: 10_000,
  dataset: 'name_changes',
  newest: 'ann_date',
  columns: {
    ts_code: textOf('symbol'),
    name: textOf('name'),
    start_date: dayOf('start_date'),
    end_date: dayOf('end_date'),
    ann_date: dayOf('ann_date'),
    change_reason: textOf('reason'),
  },
  filters: (params) => [...anyOf(params, 'ts_code', 'symbol'), ...withinDays(params, 'ann_date')],
});

const PROGRESS = new Map<unknown, string>([
  ['proposal', '预案'],
  ['approved', '股东大会通过'],
  ['implemented', '实施'],
  ['cancelled', '取消'],
]);

const DIVIDEND_DAYS = ['ann_date', 'record_date', 'ex_date', 'imp_ann_date'];

const dividend = storedApi({
  name: 'dividend',
  cap: 2000,
  dataset: 'dividends',
  newest: 'ann_date',
  columns: {
    ts_code: textOf('symbol'),
    end_date: dayOf('period'),
    ann_date: dayOf('ann_date'),
    div_proc: (row) => PROGRESS.get(row['progress']) ?? null,
    stk_div: sharesOf,
    stk_bo_rate: numberOf('bonus'),
    stk_co_rate: numberOf('transfer'),
    cash_div: numberOf('cash_after_tax'),
    cash_div_tax: numberOf('cash'),
    record_date: dayOf('record_date'),
    ex_date: dayOf('ex_date'),
    pay_date: dayOf('pay_date'),
    div_listdate: dayOf('share_list_date'),
    imp_ann_date: dayOf('imp_ann_date'),
    base_date: () => null,
    base_share: tenThousandShares('base_shares'),
    update_flag: () => '0',
  },
  hidden: ['base_date', 'base_share', 'update_flag'],
  filters(params) {
    requireOneOf(params, ['ts_code', ...DIVIDEND_DAYS]);
    return [...anyOf(params, 'ts_code', 'symbol'), ...DIVIDEND_DAYS.flatMap((name) => onDay(params, name))];
  },
});

/** New shares a share, however they are paid for; unknown where neither part is known. */
function sharesOf({ bonus, transfer }: Row): Cell {
  if (typeof bonus !== 'number' && typeof transfer !== 'number') return null;
  return Math.round((Number(bonus ?? 0) + Number(transfer ?? 0)) * 1e8) / 1e8;
}

export const STREAM_APIS: readonly BackApi[] = [suspendD, nameChange, dividend];
