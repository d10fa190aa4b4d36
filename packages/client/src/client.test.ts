import { isAppError } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import { askServer, createClient, type Asked } from './client.ts';
import { Refusal } from './refusal.ts';

const LIST = { runs: [], next: null };
const PROBLEM = {
  type: 'urn:tapekeeper:error:unknown_run',
  title: 'Unknown run',
  status: 404,
  detail: 'There is no run 9.',
  detailZh: '没有运行 9。',
  code: 'unknown_run',
  requestId: 'r',
};

/** A client that is always answered the same, and what it asked. */
function answering(status: number, body: unknown) {
  const asked: Asked[] = [];
  const api = createClient(async (request) => {
    asked.push(request);
    return { status, text: typeof body === 'string' ? body : JSON.stringify(body) };
  });
  return { api, asked };
}

it('asks with what is given, and leaves out what is not', async () => {
  const { api, asked } = answering(200, LIST);
  await api.runs({ states: ['failed', 'running'], dataset: 'daily_bars', limit: 5 });
  await api.runs({});
  expect(asked.map(({ path }) => path)).toEqual([
    '/v1/runs?dataset=daily_bars&limit=5&state=failed%2Crunning',
    '/v1/runs',
  ]);
});

it('makes no path of what people typed', async () => {
  const { api, asked } = answering(404, PROBLEM);
  await expect(api.cell('daily_bars', '../../status', '?')).rejects.toBeInstanceOf(Refusal);
  expect(asked[0]?.path).toBe('/v1/cells/daily_bars/..%2F..%2Fstatus/%3F');
});

it('hands on the key of a request that makes something', async () => {
  const { api, asked } = answering(404, PROBLEM);
  await expect(api.requestRun({ dataset: 'daily_bars' }, 'once')).rejects.toBeInstanceOf(Refusal);
  await expect(api.requestRun({ dataset: 'daily_bars' })).rejects.toBeInstanceOf(Refusal);
  expect(asked.map(({ key }) => key)).toEqual(['once', undefined]);
});

it('throws a problem as it came, in both languages', async () => {
  const refusal: unknown = await answering(404, PROBLEM)
    .api.run(9)
    .catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    code: 'unknown_run',
    texts: { en: 'There is no run 9.', zh: '没有运行 9。' },
  });
});

it('takes a code that it does not know for an internal one', async () => {
  const refusal: unknown = await answering(500, { ...PROBLEM, code: 'from_the_future' })
    .api.run(9)
    .catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'internal' });
});

it('believes nothing that is not of the contract', async () => {
  for (const body of ['<html>', { runs: 'many' }]) {
    const error: unknown = await answering(200, body)
      .api.runs({})
      .catch((thrown: unknown) => thrown);
    expect(isAppError(error, 'internal')).toBe(true);
  }
});

it('says that a server has gone when nothing answers', async () => {
  const ask = askServer({ url: 'http://127.0.0.1:1', token: 't' });
  const error: unknown = await ask({ method: 'GET', path: '/v1/status' }).catch((thrown: unknown) => thrown);
  expect(isAppError(error, 'server_gone')).toBe(true);
});
