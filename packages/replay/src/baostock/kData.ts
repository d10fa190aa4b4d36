import type { Symbol } from '@tapekeeper/core';
import type { World } from '../world/openWorld.ts';
import { priceFactors } from './adjustment.ts';
import {
  DAY_FIELDS,
  type DaySeries,
  dayWriters,
  indexSeries,
  type SeriesQuestion,
  stockSeries,
} from './daySeries.ts';
import { FIVES, MINUTE_FIELDS, minuteRows } from './minuteBars.ts';
import { type BaostockQuestion, codeOfSymbol, listed, rangeOf, type Rows, symbolOfCode } from './question.ts';
import { BAOSTOCK_REFUSALS, RefusedQuestion } from './refusals.ts';
import { SPAN_FIELDS, spanRows } from './spanBars.ts';

/**
 * Bars of one stock or index, ascending: days, weeks, months, and for stocks 5, 15, 30 and 60 minutes.
 * What the list does not name has no bars.
 */
export function kDataQuestion(world: World): BaostockQuestion {
  const { baostock: universe, calendar, facts } = world;
  const writers = dayWriters(universe.table);

  const seriesOf = (symbol: Symbol, question: SeriesQuestion): DaySeries | undefined => {
    const instrument = universe.instrument(symbol);
    if (instrument !== undefined) return stockSeries(universe, writers, instrument, question);
    const bars = facts.indexBars(symbol, question.from, question.to);
    return bars.length === 0 ? undefined : indexSeries(symbol, bars, question);
  };

  const minutesOf = (
    symbol: Symbol,
    question: SeriesQuestion,
    frequency: string,
    fields: readonly string[],
  ): Rows => {
    const instrument = universe.instrument(symbol);
    if (instrument === undefined) return listed([], () => []);
    const { flag, faults } = question;
    const factorOf =
      flag === '1' || flag === '2'
        ? priceFactors(universe.factors(instrument.index), flag, faults)
        : undefined;
    const series = stockSeries(universe, writers, instrument, question);
    return minuteRows(series, facts, { instrument, frequency, fields, flag, faults, factorOf });
  };

  return {
    method: 'query_history_k_data_plus',
    requestType: '95',
    replyType: '96',
    params: ['code', 'fields', 'start_date', 'end_date', 'frequency', 'adjustflag'],
    packed: true,
    answer([code = '', fieldsText = '', start = '', end = '', frequency = '', flag = ''], faults) {
      const symbol = symbolOfCode(code);
      const fields = readFields(fieldsText, frequency);
      const [from, to] = rangeOf(start, end, universe.lastDay);
      if (!['1', '2', '3'].includes(flag)) throw new RefusedQuestion(BAOSTOCK_REFUSALS.badParameter);
      const question = { from, to, flag, faults };
      if (Object.hasOwn(FIVES, frequency)) return minutesOf(symbol, question, frequency, fields);
      const isSpan = frequency !== 'd';
      // A span takes all its days, those before the range included.
      const { firstDay, lastDay } = universe;
      const series = seriesOf(symbol, isSpan ? { ...question, from: firstDay, to: lastDay } : question);
      if (series === undefined) return listed([], () => []);
      return isSpan
        ? spanRows(series, { ...question, code: codeOfSymbol(symbol), frequency, fields, calendar, lastDay })
        : dayRows(series, fields);
    },
  };
}

function dayRows(series: DaySeries, fields: readonly string[]): Rows {
  const read = series.reader(fields);
  return {
    total: series.days.length,
    write(from, to) {
      const rows: string[] = [];
      for (let at = from; at < Math.min(to, series.days.length); at += 1)
        rows.push(`["${read(at).join('","')}"]`);
      return rows;
    },
  };
}

function readFields(text: string, frequency: string): readonly string[] {
  const known = fieldsOf(frequency);
  if (known === undefined) throw new RefusedQuestion(BAOSTOCK_REFUSALS.badParameter);
  const asked = text.split(',').map((name) => name.trim());
  if (!asked.every((name) => known.includes(name))) throw new RefusedQuestion(BAOSTOCK_REFUSALS.badField);
  if (new Set(asked).size < asked.length) throw new RefusedQuestion(BAOSTOCK_REFUSALS.repeatedField);
  return asked;
}

function fieldsOf(frequency: string): readonly string[] | undefined {
  if (frequency === 'd') return DAY_FIELDS;
  if (frequency === 'w' || frequency === 'm') return SPAN_FIELDS;
  return Object.hasOwn(FIVES, frequency) ? MINUTE_FIELDS : undefined;
}
