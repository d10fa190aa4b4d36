import { publishedSteps } from '../faults/dataFaults.ts';
import { columnIndex } from '../world/barTable.ts';
import { factorOn } from '../world/factorSteps.ts';
import type { Universe } from '../world/universe.ts';
import type { TushareApi } from './api.ts';
import { barApi, type ColumnWriter, keyWriters, numberWriter } from './barApi.ts';
import { jsonNumber } from './json.ts';

/** Cumulative backward factors, one for each row that the files have, days of suspension included. */
export function adjFactorApi(universe: Universe, cap: number): TushareApi {
  const { table } = universe;
  const columns = {
    ...keyWriters(table),
    adj_factor:
      columnIndex(table, 'adj_factor') >= 0
        ? lateWriter(universe, numberWriter(table, 'adj_factor'))
        : seriesWriter(universe),
  };
  return barApi({ name: 'adj_factor', table, cap, columns, defaults: Object.keys(columns) });
}

function seriesWriter(universe: Universe): ColumnWriter {
  const { table } = universe;
  return (_, row, faults) => {
    const steps = publishedSteps(faults, universe.factors(table.rowSymbol[row]!));
    return jsonNumber(factorOn(steps, table.days[table.rowDay[row]!]!) ?? '');
  };
}

/** Factors of the file, but those of the series where the step of a day is said to be late. */
function lateWriter(universe: Universe, ofFile: ColumnWriter): ColumnWriter {
  const ofSeries = seriesWriter(universe);
  return (cells, row, faults) =>
    faults.some(({ kind }) => kind === 'late_factor')
      ? ofSeries(cells, row, faults)
      : ofFile(cells, row, faults);
}
