import { existsSync } from 'node:fs';
import { join } from 'node:path';

const MARK = 'bars_daily_raw_2020_2025.csv.gz';

/**
 * The folder of real market data that TAPEKEEPER_TEST_DATA names, itself or its `data` folder.
 * Throws where there is none: what needs the data must not pass in silence without it.
 */
export function testDataFolder(): string {
  const named = process.env['TAPEKEEPER_TEST_DATA'];
  if (named === undefined || named === '') {
    throw new Error(
      'TAPEKEEPER_TEST_DATA names no folder: set it to the folder of the real market data (see NOTICE).',
    );
  }
  const folder = [named, join(named, 'data')].find((candidate) => existsSync(join(candidate, MARK)));
  if (folder === undefined) throw new Error(`TAPEKEEPER_TEST_DATA names ${named}, which holds no ${MARK}.`);
  return folder;
}
