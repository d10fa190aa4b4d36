import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sampleFolder } from '@tapekeeper/replay';

/** Symbols of the small world; 600027.SH was suspended for ten days of the sample. */
export const SYMBOLS = ['000001.SZ', '000002.SZ', '600000.SH', '600027.SH'] as const;
export const FIRST_DAY = '2024-07-01';
export const LAST_DAY = '2024-12-31';

/** A folder for replay, cut from the bundled sample: real rows, and few of them. */
export async function makeSmallWorld(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'tapekeeper-world-'));
  const sample = sampleFolder();
  const text = async (name: string): Promise<string> => readFile(join(sample, name), 'utf8');
  const bars = gunzipSync(await readFile(join(sample, 'bars_daily_raw.csv.gz'))).toString('utf8');
  await writeFile(
    join(folder, 'bars_daily_raw.csv'),
    chosen(bars, (line) => dayOf(line) >= FIRST_DAY),
  );
  await writeFile(join(folder, 'stock_basic.csv'), chosen(await text('stock_basic.csv')));
  await writeFile(join(folder, 'adj_factor_changes.csv'), chosen(await text('adj_factor_changes.csv')));
  await copyFile(join(sample, 'trading_calendar.csv'), join(folder, 'trading_calendar.csv'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The head of a table and its lines of the chosen symbols. */
function chosen(csv: string, also: (line: string) => boolean = () => true): string {
  const [head = '', ...lines] = csv.split('\n');
  const wanted = lines.filter(
    (line) => SYMBOLS.some((symbol) => line.startsWith(`${symbol},`)) && also(line),
  );
  return [head, ...wanted, ''].join('\n');
}

function dayOf(line: string): string {
  return line.split(',', 2)[1] ?? '';
}
