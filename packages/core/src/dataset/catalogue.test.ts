import { describe, expect, test } from 'vitest';
import { parseDay } from '../day.ts';
import { cellsOf, COLLECTED_IDS, DATASETS, DATASET_IDS, isDatasetId, keyColumns } from './catalogue.ts';

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

  test('is judged cell by cell where its key begins with a symbol and a day', () => {
    const { owner, day } = keyColumns(id);
    if (dataset.cells !== null) expect([owner, day]).toEqual(['symbol', dataset.key[1]]);
    if (dataset.kind === 'grid') expect(dataset.key.join()).toBe('symbol,trade_date');
    expect(cellsOf(id) === undefined).toBe(dataset.cells === null || dataset.derivedFrom !== undefined);
  });

  test('is derived from a data set that is collected', () => {
    if (dataset.derivedFrom !== undefined) expect(COLLECTED_IDS).toContain(dataset.derivedFrom);
    expect(COLLECTED_IDS.includes(id)).toBe(dataset.derivedFrom === undefined);
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
