import { compactDay } from '@tapekeeper/core';
import type { Instrument, Universe } from '../world/universe.ts';
import { pageItems, type TushareApi } from './api.ts';
import { jsonText } from './json.ts';
import { listParam, type Params } from './question.ts';

const DEFAULTS = [
  'ts_code',
  'symbol',
  'name',
  'area',
  'industry',
  'cnspell',
  'market',
  'list_date',
  'act_name',
  'act_ent_type',
];
const OTHERS = ['fullname', 'enname', 'exchange', 'curr_type', 'list_status', 'delist_date', 'is_hs'];
const EXCHANGES: Readonly<Record<string, string>> = { SH: 'SSE', SZ: 'SZSE', BJ: 'BSE' };

/** Filters that compare with a column of the same name. */
const FILTERS = ['ts_code', 'name', 'market', 'exchange', 'is_hs'];

/** The list of the symbols that have bars, and no others. */
export function stockBasicApi(universe: Universe, cap: number): TushareApi {
  return {
    name: 'stock_basic',
    columns: [...DEFAULTS, ...OTHERS],
    defaults: DEFAULTS,
    cap,
    answer(params, fields, page, faults) {
      const rows = universe.instruments.filter((instrument) => isAsked(instrument, params));
      return pageItems(
        rows,
        page,
        faults,
        (row) => `[${fields.map((field) => jsonText(cellOf(row, field))).join(',')}]`,
      );
    },
  };
}

function isAsked(instrument: Instrument, params: Params): boolean {
  const statuses = listParam(params, 'list_status') ?? ['L'];
  if (!statuses.includes(instrument.listStatus)) return false;
  return FILTERS.every((name) => listParam(params, name)?.includes(cellOf(instrument, name)) ?? true);
}

function cellOf(instrument: Instrument, field: string): string {
  switch (field) {
    case 'ts_code':
      return instrument.symbol;
    case 'symbol':
      return instrument.symbol.slice(0, 6);
    case 'name':
      return instrument.name;
    case 'exchange':
      return EXCHANGES[instrument.symbol.slice(7)]!;
    case 'list_status':
      return instrument.listStatus;
    case 'list_date':
      return compactDay(instrument.listDate);
    case 'delist_date':
      return instrument.delistDate === undefined ? '' : compactDay(instrument.delistDate);
    default:
      return instrument.cells.get(field) ?? '';
  }
}
