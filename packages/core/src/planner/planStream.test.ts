import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtinCalendar } from '../calendar/builtin.ts';
import { addDays, plainDay, shanghaiInstant, type PlainDay } from '../day.ts';
import type { CallShape, Capability } from '../source/source.ts';
import { symbolOf } from '../symbol/symbol.ts';
import { daysToRead, planStream, type DayRead, type StreamInput } from './planStream.ts';

const calendar = builtinCalendar();

const capability = (shape: CallShape, more: Partial<Capability> = {}): Capability => ({
  dataset: 'news',
  shapes: [shape],
  columns: [],
  pageRows: 1000,
  byproducts: [],
  api: 'news',
  exchanges: ['XSHG', 'XSHE', 'XBSE'],
  ...more,
});

const ask = (more: Partial<StreamInput>): StreamInput => ({
  dataset: 'news',
  capability: capability('all'),
  from: plainDay('2024-01-01'),
  to: plainDay('2024-01-10'),
  known: [],
  calendar,
  listings: [],
  ...more,
});

const readOn = (day: string, at: string): DayRead => ({
  day: plainDay(day),
  at: shanghaiInstant(plainDay(at), 0),
});

describe('the days of a stream', () => {
  test('are all read once at least', () => {
    expect(planStream(ask({})).items).toMatchObject([
      { shape: 'all', from: '2024-01-01', to: '2024-01-10', calls: 1 },
    ]);
  });

  test('are read again until late entries can no longer come', () => {
    const known = [readOn('2024-01-01', '2024-01-04'), readOn('2024-01-02', '2024-01-06')];
    expect(daysToRead(ask({ known, to: plainDay('2024-01-03') }))).toEqual(['2024-01-01', '2024-01-03']);
  });

  test('are trading days where the rows belong to trading days', () => {
    const days = planStream(ask({ dataset: 'suspensions', capability: capability('day', { queries: 2 }) }));
    expect(days.items.map((item) => item.shape === 'day' && item.day)).toEqual([
      '2024-01-02',
      '2024-01-03',
      '2024-01-04',
      '2024-01-05',
      '2024-01-08',
      '2024-01-09',
      '2024-01-10',
    ]);
    expect(days.calls).toBe(14);
  });

  test('are asked for in stretches that the source takes, none twice and none left out', () => {
    const offsets = fc.uniqueArray(fc.nat(40), { maxLength: 30 });
    fc.assert(
      fc.property(offsets, fc.integer({ min: 1, max: 50 }), (settled, spanDays) => {
        const from = plainDay('2024-01-01');
        const known = settled.map((offset) => readOn(addDays(from, offset), '2025-01-01'));
        const plan = planStream(
          ask({ to: addDays(from, 40), known, capability: capability('all', { spanDays }) }),
        );
        const asked = plan.items.flatMap((item) => {
          if (item.shape !== 'all') return [];
          const days: PlainDay[] = [];
          for (let day = item.from; day <= item.to; day = addDays(day, 1)) days.push(day);
          expect(days.length).toBeLessThanOrEqual(spanDays);
          return days;
        });
        const wanted = Array.from({ length: 41 }, (_, offset) => offset)
          .filter((offset) => !settled.includes(offset))
          .map((offset) => addDays(from, offset));
        expect(asked).toEqual(wanted);
      }),
    );
  });
});

test('a stream that is read symbol by symbol asks about each', () => {
  const listing = { instrumentId: 7, symbol: symbolOf('600000.SH'), listDate: null, delistDate: null };
  const plan = planStream(ask({ capability: capability('symbol'), listings: [listing] }));
  expect(plan).toMatchObject({ shape: 'symbol', calls: 1, items: [{ instrumentId: 7, from: '2024-01-01' }] });
});
