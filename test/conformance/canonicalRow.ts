import { DATASETS, parseDay, parseSymbol, type Column, type DatasetId, type Row } from '@tapekeeper/core';

/** What is not canonical in a row that should fill these columns of a data set; nothing where all is well. */
export function rowFaults(dataset: DatasetId, columns: readonly string[], row: Row): readonly string[] {
  const names = Object.keys(row);
  if (names.length !== columns.length || !columns.every((name) => names.includes(name))) {
    return [`columns ${names.join()} are not ${columns.join()}`];
  }
  const specs = DATASETS[dataset].columns.filter(({ name }) => names.includes(name));
  return specs
    .filter((spec) => !isCanonical(spec, row[spec.name]))
    .map(({ name }) => `${name} ${String(row[name])}`);
}

function isCanonical({ name, type, nullable }: Column, value: Row[string] | undefined): boolean {
  if (value === null) return nullable === true;
  switch (type) {
    case 'text':
      if (name === 'symbol') return typeof value === 'string' && parseSymbol(value) === value;
      return typeof value === 'string' && value !== '' && value.isWellFormed() && !value.includes('\0');
    case 'day':
      return typeof value === 'string' && parseDay(value) === value;
    case 'double':
      return typeof value === 'number' && Number.isFinite(value);
    case 'bigint':
      return Number.isSafeInteger(value) && !Object.is(value, -0);
    case 'boolean':
      return typeof value === 'boolean';
    case 'instant':
      return Number.isSafeInteger(value);
    case 'json':
      return typeof value === 'string' && isJson(value);
  }
}

function isJson(text: string): boolean {
  try {
    return JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}
