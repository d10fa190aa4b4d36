import { mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { formWith } from '../support/multipart.ts';
import { DAYS, SYMBOLS } from '../support/smallMarket.ts';
import { toolsIn } from '../support/taskTools.ts';
import { tushareFile } from '../tasks/importStand.ts';
import { createHttpStand, TOKEN, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
const folder = mkdtempSync(join(tmpdir(), 'tapekeeper-imports-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

let stand: HttpStand;
beforeEach(async () => {
  stand = await createHttpStand(database().db, { tasks: toolsIn(folder) });
  await stand.sync({ dataset: 'stock_basics' });
});

const FILE = tushareFile(SYMBOLS.slice(0, 2), DAYS);
const send = (query: string, form = formWith({ name: '日线.csv', data: FILE }), headers = {}) =>
  stand.ask({
    method: 'POST',
    url: `/v1/imports${query}`,
    payload: form.payload,
    headers: { ...form.headers, ...headers },
  });
const kept = () => readdirSync(join(folder, 'imports'));

it('takes a file in, and shows the run that brings its rows in', async () => {
  const answer = await send('?dataset=daily_bars');
  expect(answer.statusCode).toBe(202);
  const { id } = answer.json<{ id: number }>();
  expect(answer.headers['location']).toBe(`/v1/runs/${id}`);
  expect(answer.json()).toMatchObject({
    type: 'import',
    dataset: 'daily_bars',
    state: 'pending',
    wish: { dataset: 'daily_bars', name: '日线.csv', replace: false, dryRun: false },
  });
  expect(kept()).toHaveLength(1);
  await stand.work();
  expect((await stand.get(`/v1/runs/${id}`)).json()).toMatchObject({
    state: 'success',
    rowsWritten: 14,
    outcomes: { ok: 2 },
    result: { written: 14 },
    progress: { fraction: 1, symbolsTotal: 2, symbolsDone: 2 },
  });
  expect((await stand.get(`/v1/runs/${id}/items`)).json()).toMatchObject({
    items: [{ source: 'file', state: 'done', symbols: 2, counts: { ok: 2 } }],
  });
  expect((await stand.get(`/v1/runs/${id}/symbols`)).json()).toMatchObject({
    symbols: [{ outcomes: [{ outcome: 'ok', source: 'file' }] }, {}],
  });
  expect((await stand.get(`/v1/cells/daily_bars/${SYMBOLS[0]}/${DAYS[0]}`)).json()).toMatchObject({
    source: 'file',
    runId: id,
  });
  expect((await stand.get(`/v1/runs/${id}/explain`)).statusCode).toBe(200);
  const headers = { authorization: `Bearer ${TOKEN}` };
  const log = await stand.ask({ url: '/v1/operations?action=createImport', headers });
  expect(log.json()).toMatchObject({
    operations: [{ object: { kind: 'run', id: String(id), after: { type: 'import', name: '日线.csv' } } }],
  });
  expect(kept()).toEqual([]);
});

it('shows what was refused, and whose it was', async () => {
  const bad = FILE.replace('600001.SH,20240104', '600077.SH,20240104');
  await send('', formWith({ name: 'a.csv', data: bad }));
  await stand.work();
  const held = (await stand.get('/v1/quarantine?source=file')).json();
  expect(held).toMatchObject({ rows: [{ symbol: '600077.SH', source: 'file', rule: 'unknown_symbol' }] });
});

it('takes the same request with the same key once', async () => {
  const headers = { 'idempotency-key': 'import-1' };
  const first = await send('', undefined, headers);
  const second = await send('', undefined, headers);
  expect(second.json()).toEqual(first.json());
  expect(second.headers['idempotent-replayed']).toBe('true');
  expect(kept()).toHaveLength(1);
  await stand.work();
});

const REFUSED = [
  ['no form', '', { payload: '{}', headers: { 'content-type': 'application/json' } }, 400, 'import_no_file'],
  ['another field', '', formWith({ name: 'a', data: 'x', field: 'other' }), 400, 'import_no_file'],
  [
    'a broken form',
    '',
    { payload: '--x', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
    400,
    'bad_request',
  ],
  ['a file without a head', '', formWith({ name: 'a', data: 'x\n' }), 400, 'import_header'],
  [
    'a file too large',
    '',
    formWith({ name: 'a', data: FILE + 'x'.repeat(1_000_000) }),
    413,
    'import_too_large',
  ],
  ['a larger one yet', '', formWith({ name: 'a', data: 'x'.repeat(3_000_000) }), 413, 'import_too_large'],
  ['an unknown data set', '?dataset=nothing', formWith({ name: 'a', data: FILE }), 404, 'unknown_dataset'],
  ['one without files', '?dataset=news', formWith({ name: 'a', data: FILE }), 400, 'import_dataset'],
  ['an unknown unit', '?volume=tons', formWith({ name: 'a', data: FILE }), 400, 'bad_request'],
  ['an index', '?symbol=399001', formWith({ name: 'a', data: FILE }), 400, 'bad_request'],
] as const;

it('refuses what is no file, or none that could be brought in, and keeps nothing', async () => {
  for (const [what, query, { payload, headers }, status, code] of REFUSED) {
    const answer = await stand.ask({ method: 'POST', url: `/v1/imports${query}`, payload, headers });
    expect([what, answer.statusCode, answer.json<{ code: string }>().code]).toEqual([what, status, code]);
    expect(kept()).toEqual([]);
  }
});

it('never takes a path from the name of a file', async () => {
  const answer = await send('', formWith({ name: '../../etc/passwd', data: FILE }));
  expect(answer.json()).toMatchObject({ wish: { file: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
  expect(kept()).toHaveLength(1);
  await stand.work();
  for (const file of ['../../secret-key', '../x', '.']) {
    const wish = {
      key: 'j',
      definition: { type: 'import', name: 'j', params: { dataset: 'daily_bars', file } },
    };
    expect((await stand.post('/v1/jobs', wish)).statusCode).toBe(400);
  }
});

it('is in the document as a form with a file', async () => {
  const answer = await stand.ask({ url: '/openapi.json', headers: { authorization: `Bearer ${TOKEN}` } });
  const { post } = answer.json<{ paths: Record<string, { post: object }> }>().paths['/v1/imports'] ?? {};
  expect(post).toMatchObject({
    requestBody: {
      content: {
        'multipart/form-data': { schema: { properties: { file: { type: 'string', format: 'binary' } } } },
      },
    },
  });
});
