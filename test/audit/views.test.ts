import { operationListSchema, operationStatisticsSchema } from '@tapekeeper/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { createHttpStand, type HttpStand } from '../http/httpStand.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { explaining, type Scan } from '../support/explained.ts';
import { ALL } from './operationLines.ts';

/** Two hundred days, the last one today; a search has to be asked twice for the oldest line. */
const DAYS = 200;
const A_DAY = 400;
const LINES = DAYS * A_DAY;

let database: TestDatabase;
let stand: HttpStand;
const scans: Scan[] = [];

beforeAll(async () => {
  database = await createDatabase('operations');
  await fill(database);
  stand = await createHttpStand(database.db, { stays: true });
});
afterAll(async () => {
  await stand.app.close();
  await database.drop();
});

/** Every tenth was refused; of every actor and action there are many but for `rare`, the oldest of all. */
async function fill({ ownerUrl }: TestDatabase): Promise<void> {
  const owner = await connect({
    url: ownerUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 60_000,
  });
  await owner.rows(sql`
    INSERT INTO tapekeeper.operation
      (at, action, actor, proof, object_kind, object_id, result, status, error_code, duration_ms, ip)
    SELECT tapekeeper.now() - (${LINES} - n) * interval '1 day' / ${A_DAY},
      CASE WHEN n = 1 THEN 'rareAction' ELSE (ARRAY['createRun', 'updateJob', 'deleteJob'])[1 + n % 3] END,
      CASE WHEN n = 1 THEN 'rare' ELSE 'user' || n % 20 END, 'session', 'job', (n % 500)::text,
      CASE WHEN n % 10 = 0 THEN 'refused' ELSE 'ok' END, CASE WHEN n % 10 = 0 THEN 403 ELSE 200 END,
      CASE WHEN n % 10 = 0 THEN 'forbidden' END, n % 50, '127.0.0.1'
    FROM generate_series(1, ${LINES}) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.operation (action, actor, proof, object_kind, object_id, before, after, result, user_agent)
    VALUES ('deleteJob', '=cmd|calc', 'session', 'job', '@x', '{"a": "1,2"}', ${JSON.stringify({ b: '"q"' })}::jsonb, 'ok', ${'-1+1\n"x"'})`);
  await owner.rows(sql`VACUUM (ANALYZE) tapekeeper.operation`);
  await owner.close();
}

const list = async (query: string) => {
  const answer = await stand.get(`/v1/operations${query}`);
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return operationListSchema.parse(answer.json());
};
const get = (url: string) => stand.ask({ url, headers: { authorization: 'Bearer the-token-of-the-tests' } });

describe('the list of operations', () => {
  beforeAll(() => {
    stand = { ...stand, get };
  });

  it('is read page by page, newest first, each line once', async () => {
    const first = await list('?limit=3');
    const second = await list(`?limit=3&before=${first.next}`);
    const ids = [...first.operations, ...second.operations].map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
    expect(new Set(ids).size).toBe(6);
    expect(second.operations[0]?.id).toBe(Number(first.next) - 1);
  });

  it('is narrowed by actor, action, object, result, time and text, alone and together', async () => {
    const ofActor = await list('?actor=user7&limit=5');
    expect(ofActor.operations.map(({ actor }) => actor)).toEqual(Array(5).fill('user7'));
    const both = await list('?actor=user10&action=updateJob,deleteJob&result=refused&object=job&limit=5');
    expect(both.operations).toHaveLength(5);
    for (const one of both.operations) {
      expect(one).toMatchObject({ actor: 'user10', result: 'refused', errorCode: 'forbidden' });
      expect(['updateJob', 'deleteJob']).toContain(one.action);
    }
    const [middle] = (await list('?limit=1&before=100000')).operations;
    const span = await list(
      `?from=${middle?.at}&to=${new Date(Date.parse(middle?.at ?? '') + 1).toISOString()}`,
    );
    expect(span.operations.map(({ id }) => id)).toEqual([middle?.id]);
    expect((await list('?text=FORBID&limit=2')).operations).toHaveLength(2);
    expect((await list('?text=100%25')).operations).toEqual([]);
  });

  it('finds the oldest line of all, however many searches that takes', async () => {
    expect((await list('?actor=rare')).operations.map(({ action }) => action)).toEqual(['rareAction']);
    let page = await list('?text=rareaction');
    let searches = 1;
    for (; page.operations.length === 0 && page.next !== null; searches++)
      page = await list(`?text=rareaction&before=${page.next}`);
    expect(page.operations.map(({ actor }) => actor)).toEqual(['rare']);
    expect(searches).toBe(2);
  });

  it.each(['?limit=501', '?result=good', '?before=0', '?from=soon', '?object=moon', '?more=1', '?actor=%00'])(
    'refuses %s',
    async (query) => {
      expect((await get(`/v1/operations${query}`)).json()).toMatchObject({ status: 400 });
    },
  );

  it('has every line with all of it, and none that is not there', async () => {
    const [line] = (await list('?actor=%3Dcmd%7Ccalc')).operations;
    expect(line?.object).toEqual({ kind: 'job', id: '@x', before: { a: '1,2' }, after: { b: '"q"' } });
    expect((await get(`/v1/operations/${line?.id}`)).json()).toEqual(line);
    expect((await get('/v1/operations/999999999')).json()).toMatchObject({ code: 'unknown_operation' });
  });
});

describe('the statistics', () => {
  const count = async (query = '') =>
    operationStatisticsSchema.parse((await get(`/v1/operations/statistics${query}`)).json());

  it('are of the last 30 days, by result, action, actor, day and hour', async () => {
    const counted = await count();
    expect(Date.parse(counted.to) - Date.parse(counted.from)).toBe(30 * 86_400_000);
    expect(counted.isWhole).toBe(true);
    expect(counted.total).toBeGreaterThan(29.9 * A_DAY);
    expect(counted.total).toBeLessThan(30.1 * A_DAY);
    const { refused = 0, ok = 0 } = counted.byResult;
    expect(refused + ok).toBe(counted.total);
    for (const counts of [counted.byAction, counted.byDay, counted.byHour.map((each) => ({ count: each }))])
      expect(counts.reduce((sum, one) => sum + one.count, 0)).toBe(counted.total);
    expect(counted.byAction.reduce((sum, { bad }) => sum + bad, 0)).toBe(refused);
    expect(counted.byDay.map(({ day }) => day)).toEqual(
      counted.byDay
        .map(({ day }) => day)
        .toSorted()
        .toReversed(),
    );
    expect(counted.meanDurationMs).toBeCloseTo(24.5, 0);
  });

  it('are of what a filter leaves', async () => {
    const counted = await count('?actor=user10&result=refused');
    expect(counted.byActor).toEqual([{ actor: 'user10', count: counted.total, bad: counted.total }]);
  });

  it.each([
    '?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z',
    '?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z',
  ])('are refused for %s', async (query) => {
    expect((await get(`/v1/operations/statistics${query}`)).json()).toMatchObject({ code: 'bad_request' });
  });
});

describe('the export', () => {
  it('holds exactly the lines of the filter, with a head in the language, and no formulas', async () => {
    const whole = await get('/v1/operations/export.csv?actor=user10&result=refused');
    expect(whole.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(whole.headers['content-disposition']).toBe('attachment; filename="operations.csv"');
    const [head, ...lines] = whole.body.trimEnd().split('\n');
    expect(head).toMatch(/^id,time \(UTC\),actor,/);
    expect(lines).toHaveLength(LINES / 20);
    expect(new Set(lines.map((line) => line.split(',')[2]))).toEqual(new Set(['user10']));

    const odd = await get('/v1/operations/export.csv?actor=%3Dcmd%7Ccalc&lang=zh&bom=true');
    const [chinese, ...cells] = odd.body.split('\n');
    expect(chinese).toMatch(/^\uFEFF编号,/);
    expect(cells.join('\n')).toContain(`,'=cmd|calc,session,deleteJob,job,'@x,ok,`);
    expect(cells.join('\n')).toContain(`,"'-1+1\n""x""",`);
    expect(cells.join('\n')).toContain(`"{""a"":""1,2""}"`);
  });

  it('refuses what the list refuses', async () => {
    expect((await get('/v1/operations/export.csv?result=good')).json()).toMatchObject({ status: 400 });
  });
});

describe('no question of the log reads all of it', () => {
  const PAGE = { ...ALL, before: null, limit: 50 };
  const DAY_MS = 86_400_000;
  const questions = {
    'the newest': {},
    'an old page': { before: 50_000 },
    'an actor who did little': { actor: 'rare' },
    'an actor who did much': { actor: 'user7' },
    'an action': { actions: ['rareAction'] },
    'an object': { objectKind: 'job', objectId: '499' },
    'a result': { results: ['refused'] },
    'a result that nothing has': { results: ['failed'] },
  } as const;
  let db: Database;

  beforeAll(() => {
    db = explaining(database.db, (statement) => scans.push(...statement.scans));
  });

  const readBy = async (question: () => Promise<unknown>): Promise<number> => {
    scans.length = 0;
    await question();
    expect(scans.filter(({ how }) => how === 'Seq Scan')).toEqual([]);
    return scans.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
  };

  it.each(Object.entries(questions))('%s is found by index', async (_, filter) => {
    expect(await readBy(() => createStore(db).operations({ ...PAGE, ...filter }))).toBeLessThan(5 * A_DAY);
  });

  it('days long ago are found by their time', async () => {
    const now = await createStore(db).now();
    const from = now - 150 * DAY_MS;
    const filter = { ...PAGE, from, until: from + DAY_MS };
    expect(await readBy(() => createStore(db).operations(filter))).toBeLessThan(5 * A_DAY);
    const counted = { ...ALL, from, until: from + DAY_MS };
    expect(await readBy(() => createStore(db).operationStatistics(counted))).toBeLessThan(2 * A_DAY);
  });

  it('a search looks at its part of the log', async () => {
    const filter = { ...PAGE, text: 'nowhere' };
    expect(await readBy(() => createStore(db).operations(filter))).toBeLessThan(50_100);
  });
});
