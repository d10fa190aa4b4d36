import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sql } from '../../packages/server/src/store/connection.ts';
import { conforms, expectShape } from './conformance.ts';
import { useDocumentedStand } from './documentedStand.ts';

const stand = useDocumentedStand('notifications');
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+08:00$/;

const okOf = <Data extends z.ZodType>(data: Data) =>
  z.strictObject({
    success: z.literal(true),
    data,
    message: z.literal('ok'),
    timestamp: z.string().regex(TIME),
  });
const notification = z.strictObject({
  id: z.string(),
  title: z.string(),
  content: z.string(),
  type: z.literal('alert'),
  link: z.string(),
  source: z.string(),
  created_at: z.string().regex(TIME),
  status: z.enum(['unread', 'read']),
});
const page = okOf(
  z.strictObject({ items: z.array(notification), total: z.int(), page: z.int(), page_size: z.int() }),
);

/** Two that nobody has taken on, one that somebody has, one that is over, and one that is none yet. */
const INCIDENTS = [
  ['one', 'open', false],
  ['two', 'open', false],
  ['three', 'open', true],
  ['four', 'resolved', false],
  ['five', 'forming', false],
] as const;

let ids: readonly number[] = [];
const idOf = (at: number): string => `incident_${ids[at]}`;

beforeEach(async () => {
  const { db } = stand();
  await db.rows(sql`DELETE FROM tapekeeper.incident`);
  const made: number[] = [];
  for (const [name, state, isTaken] of INCIDENTS) {
    const { id } = await db.one<{ id: number }>(sql`
      INSERT INTO tapekeeper.incident (cause, kind, severity, state, first_seen_at, opened_at, resolved_at, hold_ms,
        acknowledged_at, acknowledged_by)
      VALUES (${`job:${name}`}, 'consecutive_failures', 'warning', ${state}, tapekeeper.now(),
        ${state === 'forming' ? null : sql`tapekeeper.now()`}, ${state === 'resolved' ? sql`tapekeeper.now()` : null}, 0,
        ${isTaken ? sql`tapekeeper.now()` : null}, ${isTaken ? 'ann' : null}) RETURNING id`);
    made.push(id);
  }
  ids = made;
});

describe('G, notifications over HTTP', () => {
  conforms(stand, [
    {
      what: 'G lists all, newest first',
      as: 'viewer',
      ask: { url: '/api/notifications' },
      status: 200,
      shape: page,
      has: {
        data: {
          total: 4,
          page: 1,
          page_size: 20,
          items: [{ title: expect.stringMatching(/four$/) }, {}, {}, {}],
        },
      },
    },
    {
      what: 'G lists those that nobody has read',
      ask: { url: '/api/notifications?status=unread&page=2&page_size=1' },
      status: 200,
      shape: page,
      has: {
        data: {
          total: 2,
          page: 2,
          page_size: 1,
          items: [{ title: expect.stringMatching(/one$/), status: 'unread' }],
        },
      },
    },
    {
      what: 'G lists those that were read',
      ask: { url: '/api/notifications?status=read&type=alert' },
      status: 200,
      shape: page,
      has: { data: { total: 2, items: [{ status: 'read' }, { status: 'read' }] } },
    },
    {
      what: 'G takes any word for a status, as their server does',
      ask: { url: '/api/notifications?status=%27%20OR%201=1&type=x' },
      status: 200,
      shape: page,
      has: { data: { total: 4 } },
    },
    {
      what: 'G has none of other types',
      ask: { url: '/api/notifications?type=analysis' },
      status: 200,
      shape: page,
      has: { data: { items: [], total: 0 } },
    },
    {
      what: 'G has nothing behind the last page, however far',
      ask: { url: '/api/notifications?page=1000000&page_size=100' },
      status: 200,
      shape: page,
      has: { data: { items: [], total: 4 } },
    },
    ...['page=0', 'page_size=101', 'page=x', 'page_size='].map((query) => ({
      what: `G refuses ${query}`,
      ask: { url: `/api/notifications?${query}` },
      status: 422,
      has: { detail: [{ loc: ['query', query.split('=')[0]] }] },
    })),
    {
      what: 'G needs a token',
      as: 'nobody',
      ask: { url: '/api/notifications' },
      status: 401,
      detail: 'No authorization header',
    },
    {
      what: 'G counts what nobody has read',
      as: 'viewer',
      ask: { url: '/api/notifications/unread_count' },
      status: 200,
      shape: okOf(z.strictObject({ count: z.literal(2) })),
    },
    {
      what: 'G takes it that one is over',
      ask: () => ({ method: 'POST', url: `/api/notifications/${idOf(3)}/read` }),
      status: 200,
    },
    ...['incident_999999', 'run_999999', 'nonsense', 'incident_x', '507f1f77bcf86cd799439011'].map((id) => ({
      what: `G knows no ${id}`,
      ask: { method: 'POST' as const, url: `/api/notifications/${id}/read` },
      status: 404,
      detail: 'Notification not found',
    })),
    {
      what: 'G knows none that is no incident yet',
      ask: () => ({ method: 'POST', url: `/api/notifications/${idOf(4)}/read` }),
      status: 404,
      detail: 'Notification not found',
    },
    {
      what: 'G takes no mark from a viewer',
      as: 'viewer',
      ask: { method: 'POST', url: '/api/notifications/read_all' },
      status: 403,
    },
    {
      what: 'G has no other method there',
      ask: { method: 'PUT', url: '/api/notifications' },
      status: 405,
      detail: 'Method Not Allowed',
    },
  ]);

  const mark = (path: string) =>
    stand().askAs('operator', { method: 'POST', url: `/api/notifications/${path}` });
  const takenBy = async (at: number): Promise<string | undefined> =>
    (await stand().deps.store.incident(ids[at] ?? 0))?.acknowledged?.by;

  it('marks one as read, which takes the incident on, and notes it', async () => {
    const answer = await mark(`${idOf(0)}/read`);
    expect(answer.statusCode).toBe(200);
    expectShape(okOf(z.strictObject({})), answer.json());
    expect(await takenBy(0)).toBe('otto');
    const { operations } = (await stand().askAs('admin', { url: '/v1/operations?limit=1' })).json<{
      operations: { action: string; object: object }[];
    }>();
    expect(operations[0]).toMatchObject({
      action: 'tradingAgentsReadNotification',
      object: { kind: 'incident', id: String(ids[0]) },
    });
  });

  it('leaves to others what they have taken on', async () => {
    expect((await mark(`${idOf(2)}/read`)).statusCode).toBe(200);
    expect(await takenBy(2)).toBe('ann');
  });

  it('marks all as read', async () => {
    const answer = await mark('read_all');
    expectShape(okOf(z.strictObject({ updated: z.literal(2) })), answer.json());
    expect(await stand().deps.store.countIncidents()).toEqual({ unread: 0, read: 4 });
  });

  it('marks a run that is over as read, of which there is nothing to keep', async () => {
    const id = await stand().deps.store.createRun({
      type: 'statistics',
      dataset: null,
      wish: {},
      params: null,
      cause: 'person',
      requestedBy: 'ann',
      parentRunId: null,
    });
    const answer = await stand().askAs('operator', {
      method: 'POST',
      url: `/api/notifications/run_${id}/read`,
    });
    expect(answer.statusCode).toBe(200);
    expectShape(okOf(z.strictObject({})), answer.json());
  });
});

describe('G, who is connected', () => {
  conforms(stand, [
    {
      what: 'G says it where nobody is',
      as: 'viewer',
      ask: { url: '/api/ws/stats' },
      status: 200,
      shape: z.strictObject({
        total_users: z.literal(0),
        total_connections: z.literal(0),
        users: z.strictObject({}),
      }),
    },
    {
      what: 'G streams nothing of an unknown task',
      ask: { url: '/api/stream/tasks/999999' },
      status: 404,
      detail: 'Task not found',
    },
    {
      what: 'G streams nothing of an unknown batch',
      ask: { url: '/api/stream/batches/none' },
      status: 404,
      detail: 'Batch not found',
    },
    {
      what: 'G streams to nobody without a token',
      as: 'nobody',
      ask: { url: '/api/stream/tasks/1' },
      status: 401,
      detail: 'No authorization header',
    },
    {
      what: 'G takes no POST to a stream',
      ask: { method: 'POST', url: '/api/stream/tasks/1' },
      status: 405,
      detail: 'Method Not Allowed',
    },
  ]);
});
