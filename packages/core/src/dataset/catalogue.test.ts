import { describe, expect, test } from 'vitest';
import { parseDay } from '../day.ts';
import { DATASETS, DATASET_IDS, isDatasetId } from './catalogue.ts';

describe.each(DATASET_IDS)('the data set %s', (id) => {
  const dataset = DATASETS[id];
  const names = dataset.columns.map((column) => column.name);

  test('names itself, and each column once', () => {
    expect(dataset.id).toBe(id);
    expect(new Set(names).size).toBe(names.length);
  });

  test('has a key of its first columns, none of them empty', () => {
    expect(names.slice(0, dataset.key.length)).toEqual(dataset.key);
    for (const column of dataset.columns.slice(0, dataset.key.length))
      expect(column.nullable ?? false).toBe(false);
  });

  test('has a key of a symbol and a day exactly where its coverage is a grid', () => {
    expect(dataset.kind === 'grid').toBe(dataset.key.join() === 'symbol,trade_date');
  });

  test('says decimals of every figure, and of nothing else', () => {
    for (const column of dataset.columns)
      expect(column.decimals !== undefined).toBe(column.type === 'double');
  });

  test('is final within the day, from a day on that exists', () => {
    expect(dataset.finality.finalFromMinutes).toBeLessThan(24 * 60);
    expect(parseDay(dataset.firstDay)).toBe(dataset.firstDay);
  });

  test('requires only lists that require nothing themselves', () => {
    for (const { dataset: needed } of dataset.requires) expect(DATASETS[needed].requires).toEqual([]);
  });
});

test('only names of the catalogue are data sets', () => {
  expect(isDatasetId('daily_bars')).toBe(true);
  expect(isDatasetId('toString')).toBe(false);
});
