import {
  AppError,
  shanghaiInstant,
  type DatasetId,
  type Instant,
  type PlainDay,
  type Row,
} from '@tapekeeper/core';
import type { Answer, Question } from '../../ports/source.ts';
import { readDay, readInteger, readNumber, type CellValue } from '../cell.ts';
import { createRowCollector } from '../rowCollector.ts';
import type { Upstream } from '../watch.ts';
import { columnPlaces, optional, readCells, required, type TableColumn } from './columns.ts';
import { OPEN_TO_CLOSE, UNADJUSTED } from './klineFields.ts';
import type { BaostockPage } from './reply.ts';
import type { BaostockQuery } from './session.ts';
import { createSetAside } from './setAside.ts';
import { codeOfSymbol } from './symbols.ts';

type SymbolQuestion = Question & { readonly shape: 'symbol' };

/** K-lines other than the days of stocks. Volumes come in shares, amounts in yuan, changes in percent. */
interface Series {
  /** The interface's own word for the length of a bar. */
  readonly frequency: string;
  readonly columns: readonly TableColumn[];
  /** Whether each bar names its end, as those within a day do. */
  readonly timed: boolean;
  /** Whether a bar without volume is one of a span in which the stock did not trade, and no bar. */
  readonly skipsIdle: boolean;
  /** Whether prices can be adjusted, and the flag says how they are. */
  readonly flagged: boolean;
}

const TRADED = [required('volume', readInteger), required('amount', readNumber)];

const SPAN: Omit<Series, 'frequency'> = {
  columns: [...OPEN_TO_CLOSE, ...TRADED, optional('pctChg', 'pct_chg')],
  timed: false,
  skipsIdle: true,
  flagged: true,
};

const SERIES = {
  index_bars: {
    frequency: 'd',
    columns: [
      ...OPEN_TO_CLOSE,
      optional('preclose', 'pre_close'),
      optional('volume', 'volume', readInteger),
      optional('amount', 'amount'),
      optional('pctChg', 'pct_chg'),
    ],
    timed: false,
    skipsIdle: false,
    flagged: false,
  },
  minute_bars: {
    frequency: '5',
    columns: [...OPEN_TO_CLOSE, ...TRADED],
    timed: true,
    skipsIdle: false,
    flagged: true,
  },
  weekly_bars: { frequency: 'w', ...SPAN },
  monthly_bars: { frequency: 'm', ...SPAN },
} as const satisfies Readonly<Partial<Record<DatasetId, Series>>>;

export type SeriesId = keyof typeof SERIES;

export function isSeriesId(dataset: DatasetId): dataset is SeriesId {
  return Object.hasOwn(SERIES, dataset);
}

/** The canonical columns that a series fills. Weeks and months come without the close before them. */
export function seriesColumns(dataset: SeriesId): readonly string[] {
  const { columns, timed }: Series = SERIES[dataset];
  return ['symbol', 'trade_date', ...(timed ? ['bar_time'] : []), ...columns.map(({ column }) => column)];
}

export function seriesQuery(dataset: SeriesId, { symbol, from, to }: SymbolQuestion): BaostockQuery {
  const series: Series = SERIES[dataset];
  const fields = [
    ...keyFields(series),
    ...series.columns.map(({ field }) => field),
    ...(series.flagged ? ['adjustflag'] : []),
  ];
  return {
    type: '95',
    method: 'query_history_k_data_plus',
    params: [codeOfSymbol(symbol), fields.join(','), from, to, series.frequency, UNADJUSTED],
    columnsPart: 8,
  };
}

function keyFields({ timed }: Series): readonly string[] {
  return timed ? ['date', 'time', 'code'] : ['date', 'code'];
}

export interface SeriesCollector {
  /** Takes a page and says how many of its bars are new. */
  take(page: BaostockPage): number;
  readonly rows: readonly Row[];
  readonly unreadable: Answer['unreadable'];
}

/** The bars of one symbol. A bar of another symbol or day, and one with adjusted prices, is `malformed`. */
export function createSeriesCollector(
  upstream: Upstream,
  dataset: SeriesId,
  { symbol, from, to }: SymbolQuestion,
): SeriesCollector {
  const series: Series = SERIES[dataset];
  const code = codeOfSymbol(symbol);
  const bars = createRowCollector(upstream, dataset);
  const aside = createSetAside();
  const idle = new Set<PlainDay>();

  const takeRecord = (places: Places, record: readonly string[]): boolean => {
    const day = readDay(record[places.date]);
    if (!day) return aside.set('date cannot be read', record);
    const adjusted = places.flag >= 0 && record[places.flag] !== UNADJUSTED;
    if (record[places.code] !== code || adjusted || day < from || day > to) {
      const message = `it sent ${record[places.code]} of ${day}, which was not asked for.`;
      throw new AppError('malformed', { ...upstream, message });
    }
    if (series.skipsIdle && isIdle(record[places.volume])) {
      const isNew = !idle.has(day);
      idle.add(day);
      return isNew;
    }
    const row: Record<string, CellValue> = { symbol, trade_date: day };
    if (series.timed) {
      const end = readBarTime(record[places.time], day);
      if (end === undefined) return aside.set('time is none of its date', record);
      row['bar_time'] = end;
    }
    const fault = readCells(series.columns, places.cells, record, row);
    return fault === undefined ? bars.add(row) : aside.set(fault, record);
  };

  return {
    rows: bars.rows,
    take(page) {
      const places = findPlaces(upstream, series, page);
      let fresh = 0;
      for (const record of page.records) if (takeRecord(places, record)) fresh += 1;
      return fresh;
    },
    get unreadable() {
      return aside.entries;
    },
  };
}

interface Places {
  readonly date: number;
  readonly code: number;
  /** -1 where the series has none. */
  readonly time: number;
  readonly flag: number;
  readonly volume: number;
  readonly cells: readonly number[];
}

function findPlaces(upstream: Upstream, series: Series, page: BaostockPage): Places {
  const place = (name: string) => columnPlaces(upstream, page, [name])[0] ?? -1;
  return {
    date: place('date'),
    code: place('code'),
    time: series.timed ? place('time') : -1,
    flag: series.flagged ? place('adjustflag') : -1,
    volume: place('volume'),
    cells: series.columns.map(({ field }) => place(field)),
  };
}

function isIdle(volume: string | undefined): boolean {
  return volume === '' || readNumber(volume) === 0;
}

const BAR_TIME = /^(\d{8})([01]\d|2[0-3])([0-5]\d)([0-5]\d)(\d{3})$/;

/** `20240102103000000`: the wall time in Shanghai at which a bar ends, on the day that the bar is of. */
function readBarTime(cell: string | undefined, day: PlainDay): Instant | undefined {
  const [, date = '', hours, minutes, seconds, millis] = BAR_TIME.exec(cell ?? '') ?? [];
  if (date !== day.replaceAll('-', '')) return undefined;
  const at = shanghaiInstant(day, Number(hours) * 60 + Number(minutes));
  return at + Number(seconds) * 1000 + Number(millis);
}
