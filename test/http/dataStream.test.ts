import { gunzipSync } from 'node:zlib';
import type { Row } from '@tapekeeper/core';
import { parquetReadObjects } from 'hyparquet';
import { beforeEach, describe, expect, it } from 'vitest';
import { resolveReading } from '../../packages/server/src/app/read/reading.ts';
import { openTable } from '../../packages/server/src/app/read/readTable.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { DAYS, rowOf, SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { until } from '../support/until.ts';
import { dataPage } from './dataPages.ts';
import { createHttpStand, type HttpStand } from './httpStand.ts';
import { serveDatabase } from './servedDatabase.ts';

const database = useCleanDatabase();
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

const bars = (): readonly Row[] =>
  SYMBOLS.toSorted().flatMap((symbol) => DAYS.map((day) => rowOf('daily_bars', symbol, day)));

describe('a whole table', () => {
  beforeEach(async () => void (await stand.sync({ dataset: 'daily_bars', ...SPAN })));

  it('comes as lines of JSON', async () => {
    const answer = await stand.get('/v1/data/daily_bars?format=ndjson');
    expect(answer.headers['content-type']).toContain('application/x-ndjson');
    expect(
      answer.payload
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Row),
    ).toEqual(bars());
  });

  it('comes as CSV, pressed for who takes it so', async () => {
    const plain = await stand.get('/v1/data/daily_bars?format=csv&limit=3');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.payload.split('\n')).toHaveLength(5);
    expect(plain.payload).toMatch(/^symbol,trade_date,open,/);
    expect(plain.payload).toContain('\n000001.SZ,2024-01-04,');
    const pressed = await stand.ask({
      url: '/v1/data/daily_bars?format=csv&limit=3',
      headers: { 'accept-encoding': 'br, gzip' },
    });
    expect(pressed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(pressed.rawPayload).toString()).toBe(plain.payload);
  });

  it('comes as Parquet with days, volumes and prices in types of their own', async () => {
    const answer = await stand.get('/v1/data/daily_bars?format=parquet');
    const file = answer.rawPayload.buffer.slice(
      answer.rawPayload.byteOffset,
      answer.rawPayload.byteOffset + answer.rawPayload.length,
    ) as ArrayBuffer;
    const rows = await parquetReadObjects({ file });
    expect(rows).toEqual(
      bars().map((row) => ({
        ...row,
        trade_date: new Date(`${String(row['trade_date'])}T00:00:00Z`),
        volume: BigInt(Number(row['volume'])),
      })),
    );
  });

  it('has its head alone where there is no row', async () => {
    const empty = await stand.get('/v1/data/index_bars?format=csv&columns=symbol,close');
    expect(empty.payload).toBe('symbol,close\n');
    const parquet = await stand.get('/v1/data/index_bars?format=parquet');
    expect(parquet.rawPayload.subarray(0, 4).toString()).toBe('PAR1');
  });

  it('is refused while as many are read as may be, and pages are not', async () => {
    const snapshots = await Promise.all([0, 1, 2, 3].map(() => stand.deps.store.openSnapshot('long')));
    const refused = await stand.get('/v1/data/daily_bars?format=csv');
    expect(refused.statusCode).toBe(503);
    expect(refused.json()).toMatchObject({ code: 'too_many_readers' });
    expect((await dataPage(stand, '/v1/data/daily_bars?limit=1')).rows).toHaveLength(1);
    await Promise.all(snapshots.map((snapshot) => snapshot.close()));
    expect((await stand.get('/v1/data/daily_bars?format=csv')).statusCode).toBe(200);
  });
});

describe('a table of many rows', () => {
  const ROWS = 60_000;

  beforeEach(async () => {
    await database().db.rows(sql`
      INSERT INTO market.daily_bars (symbol, trade_date, open, high, low, close, pre_close, volume, amount, source, run_id, known_at)
      SELECT lpad(s::text, 6, '0') || '.SZ', '2020-01-01'::date + d, s, s, s, s, s, d, s * d, 'tushare', 1, clock_timestamp()
      FROM generate_series(1, ${ROWS / 1000}) AS s, generate_series(0, 999) AS d`);
  });

  it('is read no further than its rows are taken', async () => {
    const seen: number[] = [];
    const { store } = stand.deps;
    const reading = await resolveReading(store, { dataset: 'daily_bars' });
    const table = await openTable(store, reading, { kind: 'long', onRows: (rows) => seen.push(rows) });
    const batches = table.batches[Symbol.asyncIterator]();
    await batches.next();
    await batches.next();
    expect(seen).toEqual([2000, 4000]);
    await batches.return?.();
    await table.close();
    await table.close();
  });

  it('comes whole over a socket, in every format', async () => {
    const served = await serveDatabase(database().db);
    try {
      const url = `${served.url}/v1/data/daily_bars`;
      const csv = await (await fetch(`${url}?format=csv&columns=symbol,volume`)).text();
      expect(csv.split('\n')).toHaveLength(ROWS + 2);
      const lines = await (await fetch(`${url}?format=ndjson&columns=volume&adjust=none`)).text();
      expect(lines.trimEnd().split('\n')).toHaveLength(ROWS);
      const file = await (await fetch(`${url}?format=parquet`)).arrayBuffer();
      const rows = await parquetReadObjects({ file, columns: ['symbol', 'volume'] });
      expect(rows).toHaveLength(ROWS);
      expect(rows.at(-1)).toEqual({ symbol: '000060.SZ', volume: 999n });
    } finally {
      await served.close();
    }
  });

  it('lets go of the database when the client goes away', async () => {
    const served = await serveDatabase(database().db);
    try {
      const urls = [0, 1, 2, 3].map(() => `${served.url}/v1/data/daily_bars?format=ndjson`);
      const away = new AbortController();
      const answers = await Promise.all(urls.map((url) => fetch(url, { signal: away.signal })));
      const readers = answers.map((answer) => (answer.body as ReadableStream<Uint8Array>).getReader());
      const first = await Promise.all(readers.map((reader) => reader.read()));
      expect(first.map(({ done }) => done)).toEqual([false, false, false, false]);
      away.abort();
      await until(async () => {
        const answer = await fetch(urls[0] as string);
        await answer.body?.cancel();
        return answer.status === 200;
      });
      await until(async () => {
        const { open } = await database().db.one<{ open: number }>(sql`
          SELECT count(*) AS open FROM pg_stat_activity
          WHERE datname = current_database() AND state = 'idle in transaction'`);
        return open === 0;
      });
    } finally {
      await served.close();
    }
  });
});
