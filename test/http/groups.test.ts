import { groupListSchema, groupSchema, runSchema } from '@tapekeeper/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createHttpStand, TOKEN, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

const groups = async () => groupListSchema.parse((await stand.get('/v1/groups')).json()).groups;
const put = (name: string, payload: object) =>
  stand.ask({ method: 'PUT', url: `/v1/groups/${name}`, payload });
const begin = async (key: string) => {
  const definition = {
    type: 'example',
    name: key,
    params: { durationSeconds: 0 },
    schedule: { trigger: { kind: 'manual' }, overlap: 'queue' },
    policies: { group: 'disk' },
  };
  expect(await stand.post('/v1/jobs', { key, definition })).toMatchObject({ statusCode: 201 });
  return runSchema.parse((await stand.post(`/v1/jobs/${key}/trigger`, {})).json()).id;
};
const reasonOf = async (id: number) => (await stand.run(id)).reason;

describe('concurrency groups', () => {
  it('are there once a job names them, and let one run at a time', async () => {
    expect(await groups()).toEqual([]);
    await begin('a');
    await begin('b');
    expect(await groups()).toEqual([{ name: 'disk', most: 1, openRuns: 2 }]);
  });

  it('give waiting runs their turn when they are made wider', async () => {
    await begin('a');
    const waiting = [await begin('b'), await begin('c'), await begin('d')];
    expect(await Promise.all(waiting.map(reasonOf))).toEqual(Array(3).fill('waits_for_turn'));
    const answer = await put('disk', { most: 3 });
    expect(groupSchema.parse(answer.json())).toEqual({ name: 'disk', most: 3, openRuns: 4 });
    expect(await Promise.all(waiting.map(reasonOf))).toEqual([null, null, 'waits_for_turn']);
    await stand.work();
    expect(await groups()).toEqual([{ name: 'disk', most: 3, openRuns: 0 }]);
  });

  it('stop nothing when they are made narrower', async () => {
    await put('disk', { most: 2 });
    const open = [await begin('a'), await begin('b')];
    expect((await put('disk', { most: 1 })).json()).toEqual({ name: 'disk', most: 1, openRuns: 2 });
    expect(await Promise.all(open.map(reasonOf))).toEqual([null, null]);
  });

  it('may be set before a job names them, and are listed by name', async () => {
    await put('wide', { most: 1000 });
    await put('a.b-c_1', { most: 2 });
    expect((await groups()).map((one) => [one.name, one.most])).toEqual([
      ['a.b-c_1', 2],
      ['wide', 1000],
    ]);
  });

  it.each([
    ['disk', { most: 0 }, 'most'],
    ['disk', { most: 1001 }, '1000'],
    ['disk', { most: 1.5 }, 'most'],
    ['disk', { most: '2' }, 'most'],
    ['disk', {}, 'most'],
    ['disk', { most: 1, name: 'other' }, 'name'],
    ['two%20words', { most: 1 }, 'A-Z'],
    ["x';--", { most: 1 }, 'A-Z'],
    ['%E7%BB%84', { most: 1 }, 'A-Z'],
  ])('%s with %j is refused with what to write', async (name, body, hint) => {
    const answer = await put(name, body);
    expect(answer.json()).toMatchObject({ status: 400, detail: expect.stringContaining(hint) });
    expect(await groups()).toEqual([]);
  });

  it('need the token for a change', async () => {
    const headers = { authorization: `Bearer not-${TOKEN}` };
    const answer = await stand.ask({ method: 'PUT', url: '/v1/groups/disk', headers, payload: { most: 2 } });
    expect(answer.statusCode).toBe(401);
    expect(await groups()).toEqual([]);
  });
});
