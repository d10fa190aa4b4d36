import { importReportSchema, setListSchema, setMembersSchema, setReportSchema } from '@tapekeeper/contract';
import { symbolOf } from '@tapekeeper/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { resolveSet } from '../../packages/server/src/app/symbolSets/symbolSets.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { answerOf, honestAnswer, stockOf, SYMBOLS } from '../support/smallMarket.ts';
import { createHttpStand, listed, TOKEN, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
const AUTHORIZED = { authorization: `Bearer ${TOKEN}` };
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
  await stand.sync({ dataset: 'stock_basics' });
});

const create = (body: object) => stand.post('/v1/sets', { author: 'a', ...body });
const change = (name: string, body: object) =>
  stand.post(`/v1/sets/${name}/changes`, { author: 'b', ...body });
const put = (name: string, body: object) =>
  stand.ask({
    method: 'PUT',
    url: `/v1/sets/${name}`,
    headers: AUTHORIZED,
    payload: { author: 'c', ...body },
  });
const membersOf = async (name: string) =>
  setMembersSchema.parse((await stand.get(`/v1/sets/${name}/members`)).json()).symbols;

describe('a set that people keep', () => {
  it('is made from any spelling, and read in order', async () => {
    const made = await create({
      name: 'watch',
      title: '自选',
      symbols: ['sh.600002', 'SZ000002', '1.600001', '300001'],
    });
    expect([made.statusCode, made.headers.location]).toEqual([201, '/v1/sets/watch']);
    expect(setReportSchema.parse(made.json())).toMatchObject({
      added: 4,
      set: { version: 1, members: 4, title: '自选' },
    });
    expect(await membersOf('watch')).toEqual(['000002.SZ', '300001.SZ', '600001.SH', '600002.SH']);
    expect(await resolveSet(stand.deps, 'watch')).toEqual(await membersOf('watch'));
  });

  it('takes a bare code that a stock and an index share for the stock, and says so', async () => {
    const { notes } = setReportSchema.parse((await create({ name: 'one', symbols: ['000001'] })).json());
    expect(notes).toEqual(['"000001" was read as the stock 000001.SZ; the index is 000001.SH']);
    expect(await membersOf('one')).toEqual(['000001.SZ']);
  });

  it.each([
    [['000300'], 'may be 000300.SH or 000300.SZ'],
    [['600099.SH'], 'not on the stock list'],
    [['900901'], 'B share'],
    [['1'], 'leading zeros'],
    [['平安银行'], 'is no symbol'],
    [['600000.SZ'], 'is no code of a stock or an index there'],
  ])('is not made from %j', async (symbols, reason) => {
    const answer = await create({ name: 'watch', symbols: ['600001.SH', ...symbols] });
    expect(answer.json()).toMatchObject({ status: 400, code: 'bad_symbols' });
    expect(answer.json<{ detail: string }>().detail).toContain(reason);
    expect((await stand.get('/v1/sets/watch')).statusCode).toBe(404);
  });

  it('is changed by what comes and goes, and its version grows only with a change', async () => {
    await create({ name: 'watch', symbols: ['600001', '600002'] });
    const changed = await change('watch', { add: ['600003', '600001'], remove: ['600002', '000003'] });
    expect(setReportSchema.parse(changed.json())).toMatchObject({
      added: 1,
      removed: 1,
      set: { version: 2, members: 2, updatedBy: 'b' },
    });
    expect((await change('watch', { add: ['600003'] })).json()).toMatchObject({
      added: 0,
      set: { version: 2 },
    });
    expect((await put('watch', { symbols: ['688001'], title: 't' })).json()).toMatchObject({
      added: 1,
      removed: 2,
      set: { version: 3, members: 1, title: 't' },
    });
    expect(await membersOf('watch')).toEqual(['688001.SH']);
  });

  it('is not overwritten by somebody who has not seen the last change', async () => {
    await create({ name: 'watch', symbols: ['600001'] });
    await change('watch', { version: 1, add: ['600002'] });
    for (const late of [
      change('watch', { version: 1, add: ['600003'] }),
      put('watch', { version: 1, symbols: [] }),
      stand.ask({ method: 'DELETE', url: '/v1/sets/watch?version=1&author=d', headers: AUTHORIZED }),
    ]) {
      const answer = await late;
      expect(answer.json()).toMatchObject({ status: 409, code: 'set_changed' });
      expect(answer.json<{ detail: string }>().detail).toContain('version 2, changed by b');
    }
    expect(await membersOf('watch')).toEqual(['600001.SH', '600002.SH']);
  });

  it('lets one of two who write at once with the same version win', async () => {
    await create({ name: 'watch', symbols: [] });
    const answers = await Promise.all(
      SYMBOLS.map((symbol) => change('watch', { version: 1, add: [symbol] })),
    );
    expect(answers.filter((answer) => answer.statusCode === 200)).toHaveLength(1);
    expect(await membersOf('watch')).toHaveLength(1);
  });

  it('is filled from a file, all of it or nothing', async () => {
    const text = '\uFEFF代码,名称\r\n600001.SH,浦发银行\r\n"sz000002",万科\r\n\r\n# a remark\r\n';
    const imported = await stand.post('/v1/sets/watch/imports', { text, author: 'a' });
    expect(importReportSchema.parse(imported.json())).toMatchObject({
      added: 2,
      set: { version: 1 },
      symbols: ['000002.SZ', '600001.SH'],
    });
    const broken = await stand.post('/v1/sets/watch/imports', { text: '600002\n600x03\n', author: 'a' });
    expect(broken.json<{ detail: string }>().detail).toContain('line 2: "600x03" is no symbol');
    const plan = { text: '600003\n600001', mode: 'replace', dryRun: true, author: 'a' };
    expect((await stand.post('/v1/sets/watch/imports', plan)).json()).toMatchObject({ set: { version: 1 } });
    await stand.post('/v1/sets/watch/imports', { ...plan, dryRun: false });
    expect(await membersOf('watch')).toEqual(['600001.SH', '600003.SH']);
  });

  it('is removed, and made only once', async () => {
    await create({ name: 'watch', symbols: ['600001'] });
    expect((await create({ name: 'watch' })).json()).toMatchObject({ status: 409, code: 'set_exists' });
    const removed = await stand.ask({
      method: 'DELETE',
      url: '/v1/sets/watch?author=d',
      headers: AUTHORIZED,
    });
    expect(removed.json()).toMatchObject({ name: 'watch', members: 1 });
    expect((await stand.get('/v1/sets/watch')).json()).toMatchObject({ status: 404, code: 'unknown_set' });
    await expect(resolveSet(stand.deps, 'watch')).rejects.toMatchObject({ code: 'unknown_set' });
  });
});

describe('a set by rule', () => {
  it('holds what is listed on the day, of a board, of an exchange, or all', async () => {
    const stocks = [
      ...SYMBOLS.map((symbol) => stockOf(symbol)),
      listed(stockOf(symbolOf('688009.SH')), { until: '2024-01-31' }),
      listed(stockOf(symbolOf('688008.SH')), { from: '2024-02-01' }),
    ];
    stand.tushare.answer = (question) =>
      question.dataset === 'stock_basics' ? answerOf('stock_basics', stocks) : honestAnswer(question);
    await stand.sync({ dataset: 'stock_basics', force: true });
    await create({ name: 'star', rule: { kind: 'board', board: 'star' } });
    await create({ name: 'sz', rule: { kind: 'exchange', exchange: 'XSHE' } });
    await create({ name: 'all', rule: { kind: 'all' } });
    expect(await membersOf('star')).toEqual(['688001.SH']);
    expect(await membersOf('sz')).toHaveLength(5);
    expect(await resolveSet(stand.deps, 'all')).toEqual(SYMBOLS.toSorted());
    const page = await stand.get('/v1/sets/all/members?after=300001.SZ&limit=2');
    expect(page.json()).toEqual({ symbols: ['300002.SZ', '600001.SH'], next: '600001.SH' });
  });

  it('takes no symbols, until a list takes its place', async () => {
    await create({ name: 'all', rule: { kind: 'all' } });
    expect((await change('all', { add: ['600001'] })).json()).toMatchObject({
      status: 409,
      code: 'set_by_rule',
    });
    const text = { text: '600001', author: 'a' };
    expect((await stand.post('/v1/sets/all/imports', text)).json()).toMatchObject({ code: 'set_by_rule' });
    expect((await put('all', { symbols: ['600001'] })).json()).toMatchObject({
      set: { rule: null, members: 1 },
    });
    expect((await put('all', { rule: { kind: 'all' } })).json()).toMatchObject({
      removed: 1,
      set: { rule: { kind: 'all' }, members: 0, version: 3 },
    });
  });
});

describe('the list of sets', () => {
  it('is read by name, page by page', async () => {
    for (const name of ['b', 'A', 'c', '1']) await create({ name });
    const first = setListSchema.parse((await stand.get('/v1/sets?limit=3')).json());
    expect(first.sets.map(({ name }) => name)).toEqual(['1', 'A', 'b']);
    const rest = setListSchema.parse((await stand.get(`/v1/sets?limit=3&after=${first.next}`)).json());
    expect([rest.sets.map(({ name }) => name), rest.next]).toEqual([['c'], null]);
  });

  it.each([
    [{ name: '../etc' }],
    [{ name: '' }],
    [{ name: 'x'.repeat(49) }],
    [{ name: 'x', symbols: ['600001'], rule: { kind: 'all' } }],
    [{ name: 'x', rule: { kind: 'moon' } }],
    [{ name: 'x', author: ' ' }],
  ])('takes no %j', async (body) => {
    expect((await create(body)).json()).toMatchObject({ status: 400, code: 'bad_request' });
  });
});
