import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folder of the large real data set, named by TAPEKEEPER_TEST_DATA (itself, or the folder that
 * holds it as `data`). Undefined where the variable is not set; on CI that is an error.
 */
export function sharedDataFolder(): string | undefined {
  const named = process.env['TAPEKEEPER_TEST_DATA'];
  if (named === undefined || named === '') {
    if (process.env['CI']) throw new Error('TAPEKEEPER_TEST_DATA must name the real data set on CI');
    return undefined;
  }
  const folder = [join(named, 'data'), named].find((path) => existsSync(join(path, 'trading_calendar.csv')));
  if (folder === undefined) throw new Error(`TAPEKEEPER_TEST_DATA names ${named}, which holds no data set`);
  return folder;
}
