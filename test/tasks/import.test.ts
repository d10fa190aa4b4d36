import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Bitmap } from '@tapekeeper/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { explainCell } from '../../packages/server/src/app/explainCell.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { DAYS, SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { createImportStand, packed, tushareFile, tushareFileByDay, type ImportStand } from './importStand.ts';

const database = useCleanDatabase();
let folder: string;
let stand: ImportStand;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapekeeper-imports-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  stand = await createImportStand(database().db, folder);
});

const TWO = SYMBOLS.slice(0, 2);
const kept = (): readonly string[] => readdirSync(join(folder, 'imports'));

describe('rows of a file', () => {
  it('are written in our units, cover their days, and count for each symbol', async () => {
    const run = await stand.bring(tushareFile(TWO, DAYS), { name: '日线.csv' });
    expect(run).toMatchObject({
      state: 'success',
      type: 'import',
      dataset: 'daily_bars',
      requestedBy: 'ann',
      outcomes: { ok: 2 },
      rowsWritten: 14,
      symbolsTotal: 2,
      result: {
        name: '日线.csv',
        format: 'tushare',
        units: { volume: 'lots', amount: 'thousand' },
        rows: 14,
        symbols: 2,
        ...SPAN,
        written: 14,
        unchanged: 0,
        kept: 0,
        refused: {},
        covers: true,
      },
    });
    const bars = await stand.bars();
    expect(bars).toHaveLength(14);
    expect(bars[0]).toMatchObject({ symbol: '600001.SH', trade_date: DAYS[0], volume: 1000, source: 'file' });
    expect(await stand.stepStates(run.id)).toEqual(['done', 'done', 'done']);
    expect(kept()).toEqual([]);
  });

  it('are no gaps any more: a repair asks for the others alone', async () => {
    await stand.bring(tushareFile(TWO, DAYS));
    await stand.sync({ dataset: 'daily_bars', ...SPAN, sources: ['baostock'] });
    const bars = await stand.bars();
    expect(bars).toHaveLength(SYMBOLS.length * DAYS.length);
    expect(bars.filter(({ source }) => source === 'file')).toHaveLength(14);
    const cell = await explainCell(stand.deps, { dataset: 'daily_bars', symbol: TWO[0]!, day: DAYS[2]! });
    expect(cell).toMatchObject({ status: 'covered', source: 'file' });
  });

  it('that are stored already change nothing, and are said to be so', async () => {
    await stand.sync({ dataset: 'daily_bars', ...SPAN, symbols: TWO, sources: ['baostock'] });
    const before = await stand.bars();
    const run = await stand.bring(tushareFile(SYMBOLS.slice(1, 3), DAYS));
    expect(run).toMatchObject({
      state: 'success',
      outcomes: { ok: 1, unchanged: 1 },
      result: { written: 7, unchanged: 7, kept: 0 },
    });
    expect((await stand.bars()).filter(({ symbol }) => symbol !== SYMBOLS[2])).toEqual(before);
  });

  it('that differ stay out unless they are to replace, and then leave revisions', async () => {
    await stand.sync({ dataset: 'daily_bars', ...SPAN, symbols: TWO, sources: ['baostock'] });
    const other = tushareFile(TWO, DAYS).replace('600001.SH,20240104,13.04,', '600001.SH,20240104,13.05,');
    const first = await stand.bring(other);
    expect(first).toMatchObject({ state: 'success', result: { written: 0, unchanged: 13, kept: 1 } });
    expect((await stand.bars())[0]).toMatchObject({ open: 13.04, source: 'baostock' });
    const symbols = await stand.deps.store.runSymbols(first.id, 0, 10, null);
    expect(symbols[0]?.outcomes).toMatchObject([
      { outcome: 'unchanged', source: 'file', detail: '1 rows differ from stored ones, which stay' },
    ]);

    const second = await stand.bring(other, { replace: true });
    expect(second).toMatchObject({ state: 'success', result: { mode: 'replace', kept: 0 } });
    expect((await stand.bars())[0]).toMatchObject({ open: 13.05, source: 'file' });
    const [revision] = await stand.deps.store.revisions({
      dataset: 'daily_bars',
      symbol: TWO[0]!,
      day: DAYS[0]!,
      since: null,
      until: null,
      before: null,
      limit: 5,
    });
    expect(revision).toMatchObject({ source: 'baostock', replacedByRunId: second.id, was: { open: 13.04 } });
  });

  it('pass the rules of every source, and wait in quarantine where they do not', async () => {
    const file = tushareFile(TWO, DAYS)
      .replace('600001.SH,20240104,13.04,13.14', '600001.SH,20240104,13.04,1.14')
      .replace('600002.SH,20240104', '600077.SH,20240104')
      .replace('600002.SH,20240105', '600002.SH,20240106')
      .replace('600002.SH,20240108,14.08', '600002.SH,20240108,abc');
    const run = await stand.bring(file);
    expect(run).toMatchObject({
      state: 'success_with_errors',
      outcomes: { quarantined: 2 },
      result: { written: 10, refused: { ohlc_order: 1, unknown_symbol: 1, off_calendar: 1, unreadable: 1 } },
    });
    const held = await database().db.rows(
      sql`SELECT rule, symbol, source, run_id AS run FROM tapekeeper.quarantine ORDER BY rule`,
    );
    expect(held).toMatchObject([
      { rule: 'off_calendar', symbol: '600002.SH', source: 'file', run: run.id },
      { rule: 'ohlc_order', symbol: '600001.SH' },
      { rule: 'unknown_symbol', symbol: '600077.SH' },
      { rule: 'unreadable', symbol: '600002.SH' },
    ]);
  });

  it('in wrong units are refused as a whole, whatever was said of them', async () => {
    const run = await stand.bring(tushareFile(TWO, DAYS), { volume: 'shares' });
    expect(run).toMatchObject({
      state: 'success_with_errors',
      result: { written: 0, refused: { factor_100_slip: 14 } },
    });
    expect(await stand.bars()).toEqual([]);
  });

  it('of newer days than are final are written and cover nothing', async () => {
    stand = await createImportStand(database().db, folder, {
      marketNow: () => Date.parse('2024-01-12T04:00:00Z'),
    });
    await stand.bring(tushareFile(TWO, DAYS));
    const { ranges } = await stand.deps.store.coverageOf('daily_bars', SPAN.from, SPAN.to, null);
    expect(ranges.map(({ to, source }) => [to, source])).toEqual([
      [DAYS.at(-2), 'file'],
      [DAYS.at(-2), 'file'],
    ]);
    // and days within which corrections are expected are asked for again
    const unsettled = await stand.deps.store.unsettledDays('daily_bars');
    expect(unsettled.map(({ members }) => Bitmap.fromBytes(members).count())).toContain(2);
  });
});

/** What is wrong with a file, the file, and what is said of it. */
const NO_GOOD = [
  ['lacks columns', 'date,code,open\n2024-01-04,600001,1\n', 'import_header', 'high'],
  ['names a column twice', 'date,trade_date,code\n', 'import_header', 'date, trade_date'],
  [
    'does not say its units',
    'date,code,open,high,low,close,pre_close,volume,amount\n',
    'import_units',
    'volume',
  ],
  ['is empty', '', 'import_malformed', 'empty'],
  ['has a quote that is never closed', '"date,code\n', 'import_malformed', 'quote'],
] as const;

describe('a file', () => {
  it('may be in GBK, packed, with Chinese names and without a column of symbols', async () => {
    const gbk = Buffer.concat([
      // 日期,开盘,收盘,最高,最低,成交量,成交额,振幅,涨跌幅,涨跌额,换手率
      Buffer.from(
        'c8d5c6da2cbfaac5cc2ccad5c5cc2cd7eeb8df2cd7eeb5cd2cb3c9bdbbc1bf2cb3c9bdbbb6ee2cd5f1b7f92cd5c7b5f8b7f92cd5c7b5f8b6ee2cbbbbcad6c2ca',
        'hex',
      ),
      Buffer.from('\r\n2024/1/4,15.04,15.04,15.14,14.94,10,15040,1.0,0.27,0.04,0.5\r\n'),
    ]);
    const run = await stand.bring(packed(gbk), { symbol: 'sh600001' });
    expect(run).toMatchObject({
      state: 'success',
      result: { encoding: 'gb18030', format: 'akshare', leftOut: ['振幅', '换手率'], written: 1 },
    });
    expect(await stand.bars()).toMatchObject([
      { symbol: '600001.SH', trade_date: '2024-01-04', volume: 1000, pre_close: 15, pct_chg: 0.27 },
    ]);
  });

  it('of BaoStock brings no suspended days, and none of adjusted prices', async () => {
    const head =
      'date,code,open,high,low,close,preclose,volume,amount,adjustflag,turn,tradestatus,pctChg,isST';
    const bar = (flag: string) =>
      `2024-01-04,sh.600001,15.04,15.14,14.94,15.04,15.04,1000,15040,${flag},0.5,1,0,0`;
    const pause = '2024-01-05,sh.600001,15.04,15.04,15.04,15.04,15.04,0,0,3,,0,0,0';
    const run = await stand.bring([head, bar('3'), pause].join('\n'));
    expect(run).toMatchObject({ state: 'success', result: { format: 'baostock', written: 1, suspended: 1 } });
    const adjusted = await stand.bring([head, bar('2')].join('\n'));
    expect(adjusted).toMatchObject({ state: 'failed', error: { code: 'import_adjusted' } });
    expect(kept()).toEqual([]);
  });

  it('in the order of its days is read as often as it takes, and each symbol has one outcome', async () => {
    const run = await stand.bring(tushareFileByDay(SYMBOLS, DAYS));
    expect(run).toMatchObject({ state: 'success', outcomes: { ok: 9 }, result: { written: 63 } });
    expect(await stand.bars()).toHaveLength(63);
  });

  it('can be looked at without being brought in', async () => {
    await stand.sync({ dataset: 'daily_bars', ...SPAN, symbols: [TWO[0]!], sources: ['baostock'] });
    const run = await stand.bring(tushareFile(TWO, DAYS), { dryRun: true });
    expect(run).toMatchObject({
      state: 'success',
      rowsWritten: 0,
      itemsTotal: 0,
      result: { dryRun: true, written: 7, unchanged: 7, kept: 0 },
    });
    expect(await stand.bars()).toHaveLength(7);
  });

  it('that is no good is turned away at once, and not kept', async () => {
    for (const [what, text, code, part] of NO_GOOD) {
      const refused = await stand.bring(text).catch((error: unknown) => error);
      expect([what, refused]).toMatchObject([what, { code, message: expect.stringContaining(part) }]);
      expect(kept()).toEqual([]);
    }
  });

  it('that is larger than allowed, packed or unpacked, is not kept', async () => {
    await expect(stand.bring(new Uint8Array(1_000_001))).rejects.toMatchObject({ code: 'import_too_large' });
    expect(kept()).toEqual([]);
    const bomb = await stand.bring(packed(tushareFile(TWO, DAYS) + `${' '.repeat(60_000)}\n`.repeat(300)));
    expect(bomb).toMatchObject({ state: 'failed', error: { code: 'import_too_large' } });
    const long = await stand.bring(
      tushareFile(
        SYMBOLS,
        Array.from({ length: 700 }, () => DAYS[0]!),
      ),
    );
    expect(long).toMatchObject({ state: 'failed', error: { code: 'import_too_large' } });
    expect(await stand.bars()).toEqual([]);
  });

  it('of which nothing can be read changes nothing', async () => {
    const run = await stand.bring(tushareFile(['1', '2'], DAYS));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'import_unreadable' } });
    expect(run.error?.message).toContain('lost zeros');
  });

  it('waits for a list of stocks, without which no row can be checked', async () => {
    await database().db.rows(sql`DELETE FROM market.stock_basics`);
    const run = await stand.bring(tushareFile(TWO, DAYS));
    expect(run).toMatchObject({ state: 'failed', error: { code: 'import_no_list' } });
  });

  it('that nobody has any more says so', async () => {
    const id = await stand.beginImport(tushareFile(TWO, DAYS));
    for (const file of kept()) await stand.deps.tasks.imports.remove(file);
    await stand.work();
    expect(await stand.run(id)).toMatchObject({ state: 'failed', error: { code: 'import_file_missing' } });
  });

  it('of other data sets says which can be brought', async () => {
    await expect(stand.bring('x', { dataset: 'news' })).rejects.toMatchObject({ code: 'import_dataset' });
  });

  it("of daily indicators comes in Tushare's units, and leaves what else there is to sources", async () => {
    const text = [
      'ts_code,trade_date,close,turnover_rate,turnover_rate_f,pe,total_share,total_mv',
      '600001.SH,20240104,15,0.5,0.6,,100.5,1507.5',
    ].join('\n');
    const run = await stand.bring(text, { dataset: 'daily_basics' });
    expect(run).toMatchObject({
      state: 'success',
      result: { written: 1, leftOut: ['close'], covers: false },
    });
    const [row] = await database().db.rows(
      sql`SELECT turnover_rate_free, pe, total_share, total_mv, source FROM market.daily_basics`,
    );
    expect(row).toEqual({
      turnover_rate_free: 0.6,
      pe: null,
      total_share: 1_005_000,
      total_mv: 15_075_000,
      source: 'file',
    });
  });
});
