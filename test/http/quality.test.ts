import {
  cellSchema,
  coverageSchema,
  holeListSchema,
  holeReportSchema,
  quarantineCountsSchema,
  quarantineListSchema,
  releasedSchema,
  revisionListSchema,
  type NewHoleBody,
  type ReleaseBody,
} from '@tapekeeper/contract';
import { symbolOf, type Row } from '@tapekeeper/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { answerOf, DAYS, honestRows, rowOf, SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { createHttpStand, isOf, TOKEN, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
const WISH = { dataset: 'daily_bars', ...SPAN };
const SYMBOL = symbolOf('600001.SH');
const DAY = DAYS[3] as (typeof DAYS)[number];
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

const remove = (url: string) => stand.ask({ method: 'DELETE', url, headers: AUTHORIZED });

async function cellOf(symbol: string = SYMBOL, day: string = DAY) {
  return cellSchema.parse((await stand.get(`/v1/cells/daily_bars/${symbol}/${day}`)).json());
}

async function countsOfBars() {
  const { datasets } = coverageSchema.parse(
    (await stand.get(`/v1/coverage?dataset=daily_bars&from=${SPAN.from}&to=${SPAN.to}`)).json(),
  );
  return datasets[0]?.cells;
}

/** Both sources answer the bars of some symbols otherwise; what is undefined is left out. */
function spoil(change: (row: Row) => Row | undefined, isSpoilt: (row: Row) => boolean = isOf(SYMBOL)): void {
  for (const source of [stand.tushare, stand.baostock]) {
    source.answer = (question) =>
      answerOf(
        question.dataset,
        honestRows(question).flatMap((row) => {
          const given = question.dataset === 'daily_bars' && isSpoilt(row) ? change(row) : row;
          return given === undefined ? [] : [given];
        }),
      );
  }
}

describe('accepted holes', () => {
  const accept = async (body: Partial<NewHoleBody>) => {
    const wish = { ...WISH, symbols: [SYMBOL], reason: 'never published', author: 'an editor', ...body };
    return holeReportSchema.parse((await stand.post('/v1/accepted-holes', wish)).json());
  };

  beforeEach(async () => {
    await stand.sync({ ...WISH, sources: ['baostock'], symbols: SYMBOLS.slice(1) });
  });

  it('stop being gaps at once, are counted, and tell reason and author', async () => {
    expect(await countsOfBars()).toMatchObject({ gaps: 7, accepted: 0 });
    const { hole, cells } = await accept({});
    expect(cells).toMatchObject({ expected: 7, gaps: 7 });
    expect(hole).toMatchObject({
      cells: 7,
      reason: 'never published',
      author: 'an editor',
      symbols: [SYMBOL],
    });
    expect(await countsOfBars()).toMatchObject({ gaps: 0, accepted: 7 });
    const cell = await cellOf();
    expect(cell).toMatchObject({ status: 'accepted', source: null });
    expect(cell.because.en).toMatch(/^an editor has accepted the hole .*never published/);
    expect(cell.because.zh).toContain('an editor');
  });

  it('are only what is a gap: the rest is reported and stays as it is', async () => {
    const { cells, hole, first } = await accept({ symbols: undefined });
    expect(cells).toEqual({ expected: 63, covered: 56, suspended: 0, absent: 0, accepted: 0, gaps: 7 });
    expect(hole?.cells).toBe(7);
    expect(first[0]).toEqual({ symbol: SYMBOL, day: DAYS[0] });
    expect(await accept({ symbols: undefined })).toMatchObject({
      hole: null,
      cells: { accepted: 7, gaps: 0 },
    });
    expect((await cellOf('600002.SH')).status).toBe('covered');
  });

  it('are planned for no run, and a dry run writes nothing', async () => {
    expect(await accept({ dryRun: true })).toMatchObject({ hole: null, cells: { gaps: 7 } });
    expect((await cellOf()).status).toBe('missing');
    await accept({});
    expect(await stand.sync({ ...WISH, sources: ['baostock'] })).toMatchObject({ calls: 0 });
  });

  it('give way to a row that comes later', async () => {
    await accept({});
    await stand.sync({ ...WISH, sources: ['baostock'], force: true });
    expect((await cellOf()).status).toBe('covered');
    expect(await countsOfBars()).toMatchObject({ covered: 63, accepted: 0 });
  });

  it('are gaps again when they are revoked, once', async () => {
    const { hole } = await accept({ to: DAY });
    expect(hole?.cells).toBe(4);
    const revoked = await remove(`/v1/accepted-holes/${hole?.id}?author=someone`);
    expect(revoked.json()).toMatchObject({ id: hole?.id, revokedBy: 'someone' });
    expect(await countsOfBars()).toMatchObject({ gaps: 7, accepted: 0 });
    expect((await remove(`/v1/accepted-holes/${hole?.id}?author=someone`)).json()).toMatchObject({
      status: 404,
      code: 'unknown_hole',
    });
  });

  it('are listed newest first, page by page', async () => {
    for (const day of DAYS) await accept({ from: day, to: day });
    const first = holeListSchema.parse(
      (await stand.get('/v1/accepted-holes?dataset=daily_bars&limit=4')).json(),
    );
    expect(first.holes.map(({ from }) => from)).toEqual(DAYS.toReversed().slice(0, 4));
    const second = await stand.get(`/v1/accepted-holes?limit=4&before=${first.next}`);
    expect(holeListSchema.parse(second.json())).toMatchObject({ next: null, holes: [{}, {}, {}] });
    expect((await stand.get(`/v1/accepted-holes/${first.next}`)).json()).toMatchObject({ id: first.next });
  });

  it('are not accepted on days that are not final, and counted as open ones', async () => {
    const { cells, openDays } = await accept({ from: '2024-02-01', to: '2024-02-02' });
    expect([cells.gaps, openDays]).toEqual([0, 2]);
  });

  it.each([
    [{ dataset: 'moon' }, 'unknown_dataset'],
    [{ dataset: 'stock_basics' }, 'bad_request'],
    [{ symbols: ['600099.SH'] }, 'bad_symbols'],
    [{ symbols: ['000300'] }, 'bad_symbols'],
    [{ from: '2024-02-30' }, 'bad_day'],
    [{ from: '2024-01-12', to: '2024-01-11' }, 'day_order'],
    [{ reason: ' ' }, 'bad_request'],
    [{ author: 'a'.repeat(101) }, 'bad_request'],
  ])('are refused: %j', async (wrong, code) => {
    const body = { ...WISH, reason: 'r', author: 'a', ...wrong };
    expect((await stand.post('/v1/accepted-holes', body)).json()).toMatchObject({ code });
  });
});

describe('quarantine', () => {
  const list = async (query = '') =>
    quarantineListSchema.parse((await stand.get(`/v1/quarantine?${query}`)).json());
  const release = async (body: Partial<ReleaseBody>) =>
    releasedSchema.parse(
      (await stand.post('/v1/quarantine-releases', { author: 'a', ids: [], ...body })).json(),
    ).rows;

  /** Low above high: no rule of the row lets it in. */
  const impossible = (row: Row): Row => ({ ...row, high: 1, low: 2 });

  beforeEach(async () => {
    spoil(impossible);
    await stand.sync({ ...WISH, sources: ['tushare'] });
  });

  it('shows the rows with everything, by any filter, page by page', async () => {
    const { rows } = await list();
    expect(rows).toHaveLength(7);
    expect(rows[0]).toMatchObject({
      dataset: 'daily_bars',
      symbol: SYMBOL,
      rule: 'ohlc_order',
      state: 'held',
    });
    expect(rows[0]?.wants?.en).toMatch(/\S/);
    expect(rows[0]?.row).toMatchObject({ high: 1, low: 2 });
    const run = rows[0]?.runId;
    for (const query of [
      'dataset=daily_bars',
      'rule=ohlc_order',
      'source=tushare',
      `run=${run}`,
      'symbol=600001.sh',
    ]) {
      expect([query, (await list(query)).rows.length]).toEqual([query, 7]);
    }
    for (const query of [
      'dataset=adj_factors',
      'rule=no_such',
      'source=baostock',
      'run=999999',
      'state=replayed',
    ]) {
      expect([query, (await list(query)).rows.length]).toEqual([query, 0]);
    }
    const first = await list('rule=ohlc_order&dataset=daily_bars&limit=5');
    const rest = await list(`rule=ohlc_order&dataset=daily_bars&limit=5&before=${first.next}`);
    expect([...first.rows, ...rest.rows].map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(rest.next).toBeNull();
    expect((await stand.get(`/v1/quarantine/${rows[0]?.id}`)).json()).toEqual(rows[0]);
    expect((await stand.get('/v1/quarantine/999999')).json()).toMatchObject({ code: 'unknown_quarantined' });
  });

  it('is counted by data set and rule', async () => {
    const counts = quarantineCountsSchema.parse((await stand.get('/v1/quarantine-counts')).json());
    expect(counts.counts).toEqual([{ dataset: 'daily_bars', rule: 'ohlc_order', rows: 7 }]);
    expect((await stand.get('/v1/quarantine-counts?state=discarded')).json()).toMatchObject({ counts: [] });
  });

  it('keeps what is refused once more, and lets it in by force, with reason and author', async () => {
    const ids = (await list()).rows.map(({ id }) => id).toSorted((a, b) => a - b);
    const [first = 0] = ids;
    expect(await release({ ids: [first, 999_999] })).toMatchObject([
      { id: first, outcome: 'refused', rule: 'ohlc_order' },
      { id: 999_999, outcome: 'not_held' },
    ]);
    expect(
      await release({ ids: [first], force: true, reason: 'the exchange says so', dryRun: true }),
    ).toMatchObject([{ outcome: 'forced' }]);
    expect((await cellOf(SYMBOL, SPAN.from)).status).toBe('quarantined');
    const bad = await stand.post('/v1/quarantine-releases', { ids: [first], author: 'a', force: true });
    expect(bad.json()).toMatchObject({ code: 'bad_request' });
    expect(await release({ ids: [first], force: true, reason: 'the exchange says so' })).toMatchObject([
      { outcome: 'forced', rule: 'ohlc_order' },
    ]);
    const { rows } = await list('state=replayed');
    expect(rows).toMatchObject([
      { id: first, forced: true, settledBy: 'a', settledReason: 'the exchange says so' },
    ]);
    const cell = await cellOf(SYMBOL, rows[0]?.day ?? '');
    expect(cell).toMatchObject({ status: 'covered', source: 'tushare', row: { high: 1, low: 2 } });
    expect(await countsOfBars()).toMatchObject({ covered: 57 });
  });

  it('lets in what passes by now, and nothing twice', async () => {
    spoil((row) => ({ ...row, symbol: '600009.SH' }));
    await stand.sync({ ...WISH, force: true, sources: ['tushare'] });
    const held = (await list('rule=unknown_symbol')).rows;
    expect(held).toHaveLength(7);
    const ids = held.map(({ id }) => id);
    expect(await release({ ids, force: true, reason: 'r' })).toMatchObject(
      ids.map(() => ({ outcome: 'refused', rule: 'unknown_symbol' })),
    );
    const stocks = [...SYMBOLS, symbolOf('600009.SH')];
    stand.tushare.answer = (question) => answerOf(question.dataset, honestRows(question, stocks));
    await stand.sync({ dataset: 'stock_basics', force: true });
    // the refreshed list has let them in by itself already
    expect((await list('rule=unknown_symbol')).rows).toEqual([]);
    expect((await list('rule=unknown_symbol&state=replayed')).rows[0]).toMatchObject({ settledBy: null });
    expect(await release({ ids })).toMatchObject(ids.map(() => ({ outcome: 'not_held' })));
  });

  it('is thrown away with a reason, and the rows are kept', async () => {
    const [newest] = (await list()).rows;
    const discard = (ids: readonly number[]) =>
      stand.post('/v1/quarantine-discards', { ids, author: 'a', reason: 'nonsense' });
    expect((await discard([newest?.id ?? 0, 999_999])).json()).toEqual({ ids: [newest?.id] });
    expect((await discard([newest?.id ?? 0])).json()).toEqual({ ids: [] });
    expect((await list()).rows).toHaveLength(6);
    expect((await list('state=discarded')).rows).toMatchObject([
      { settledBy: 'a', settledReason: 'nonsense' },
    ]);
    expect((await cellOf(SYMBOL, newest?.day ?? '')).status).toBe('missing');
  });
});

describe('corrections', () => {
  const revisions = async (query: string) =>
    revisionListSchema.parse((await stand.get(`/v1/revisions?dataset=daily_bars&${query}`)).json());

  it('are listed with what was, what is, and from when until when', async () => {
    const first = await stand.sync(WISH);
    spoil((row) => ({ ...row, volume: 2000 }));
    const second = await stand.sync({ ...WISH, force: true });
    const { revisions: found, next } = await revisions(`symbol=600001.sh&day=${DAY}`);
    expect(next).toBeNull();
    expect(found).toMatchObject([
      {
        symbol: SYMBOL,
        day: DAY,
        was: rowOf('daily_bars', SYMBOL, DAY),
        now: { volume: 2000 },
        changed: ['volume'],
        source: 'tushare',
        runId: first.id,
        replacedByRunId: second.id,
      },
    ]);
    expect(Date.parse(found[0]?.knownFrom ?? '')).toBeLessThan(Date.parse(found[0]?.knownUntil ?? ''));
  });

  it('are read page by page over a data set, and by time', async () => {
    await stand.sync(WISH);
    spoil(
      (row) => ({ ...row, volume: 2000 }),
      () => true,
    );
    await stand.sync({ ...WISH, force: true });
    const seen: number[] = [];
    for (let cursor = ''; ;) {
      const page = await revisions(`limit=10${cursor}`);
      seen.push(...page.revisions.map(({ id }) => id));
      if (page.next === null) break;
      cursor = `&before=${page.next}`;
    }
    expect(seen).toHaveLength(63);
    expect(new Set(seen).size).toBe(63);
    expect((await revisions('until=2000-01-01T00:00:00Z')).revisions).toEqual([]);
    expect((await revisions('since=2000-01-01T00:00:00%2B08:00&limit=3')).revisions).toHaveLength(3);
  });

  it.each([
    ['dataset=moon', 'unknown_dataset'],
    ['dataset=weekly_bars', 'bad_request'],
    ['dataset=daily_bars&day=soon', 'bad_day'],
    ['dataset=daily_bars&since=soon', 'bad_request'],
    ['symbol=600001.SH', 'bad_request'],
  ])('are refused: %s', async (query, code) => {
    expect((await stand.get(`/v1/revisions?${query}`)).json()).toMatchObject({ code });
  });
});
