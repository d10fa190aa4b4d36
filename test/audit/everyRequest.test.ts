import type { Operation } from '@tapekeeper/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Policy } from '../../packages/server/src/http/auth/policies.ts';
import { POLICY } from '../../packages/server/src/http/auth/policy.ts';
import { createHttpStand, HOST, type Answer, type HttpStand } from '../http/httpStand.ts';
import { documentedRoutes, pathOf, type DocumentedRoute } from '../security/documented.ts';
import { INSTALLATION, makeUser, type TestIdentity } from '../security/identities.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { watchLog } from './operationLines.ts';
import type { GoodRequest, World } from './requests/goodRequest.ts';
import { REQUESTS } from './requests/requests.ts';

const AGENT = 'tests/1.0';
const CHANGING = Object.entries(POLICY).filter(([, { changes }]) => changes !== null);

let database: TestDatabase;
let stand: HttpStand;
let world: World;
let viewer: TestIdentity;
let routes: ReadonlyMap<string, DocumentedRoute>;

beforeAll(async () => {
  database = await createDatabase('every_request');
  stand = await createHttpStand(database.db, { stays: true });
  let made = 0;
  const admin = await makeUser(stand.deps, 'ann', 'admin');
  viewer = await makeUser(stand.deps, 'vera', 'viewer');
  world = { stand, admin, fresh: (what) => `${what}${++made}` };
  routes = new Map((await documentedRoutes(stand)).map((route) => [route.operation, route]));
  await stand.sync({ dataset: 'daily_bars', ...SPAN, sources: ['baostock'], symbols: SYMBOLS.slice(1) });
});
afterAll(async () => {
  await stand.app.close();
  await database.drop();
});

interface Left {
  readonly answer: Answer;
  readonly lines: readonly Operation[];
}

/** Asks, and tells what the log has afterwards that it did not have before. */
async function leftBy(
  route: DocumentedRoute,
  request: Pick<GoodRequest, 'url' | 'body'>,
  headers: TestIdentity['headers'],
): Promise<Left> {
  const lines = await watchLog(stand.deps.store);
  const answer = await stand.app.inject({
    method: route.method,
    url: request.url,
    headers: { host: HOST, 'user-agent': AGENT, ...headers },
    ...(request.body !== undefined && { payload: request.body }),
  });
  return { answer, lines: await lines() };
}

async function requestOf(operation: string): Promise<GoodRequest> {
  const make = REQUESTS[operation];
  if (make === undefined) throw new Error(`there is no request for ${operation}`);
  return make(world);
}

function routeOf(operation: string): DocumentedRoute {
  const route = routes.get(operation);
  if (route === undefined) throw new Error(`${operation} is in no document`);
  return route;
}

/** What is the same of every line, however the request went. */
function lineOf(operation: string, { changes }: Policy, { answer }: Left, actor: string | null) {
  return {
    action: operation,
    actor,
    status: answer.statusCode,
    ip: '127.0.0.1',
    userAgent: AGENT,
    requestId: answer.headers['x-request-id'],
    object: { kind: changes },
  };
}

it('has a request for every route that changes something', () => {
  expect(Object.keys(REQUESTS).toSorted()).toEqual(CHANGING.map(([operation]) => operation).toSorted());
});

describe.each(CHANGING)('%s', (operation, policy) => {
  it('leaves one line when it goes well, with whom, what and how', async () => {
    const request = await requestOf(operation);
    const left = await leftBy(routeOf(operation), request, request.headers ?? world.admin.headers);
    if (left.answer.statusCode >= 300) throw new Error(left.answer.body);
    expect(left.lines).toMatchObject([
      {
        ...lineOf(operation, policy, left, 'ann'),
        result: 'ok',
        errorCode: null,
        userId: world.admin.user.id,
      },
    ]);
    const { id } = (left.lines[0] as Operation).object;
    if (request.object === 'new') expect(id).toMatch(/^\d+$/);
    else expect(id).toBe(request.object);
  });

  it('leaves one line when it is refused to who may not', async () => {
    const { need } = policy;
    if (need === 'public' || need === 'self') return;
    if (need !== 'person' && viewer.permissions.includes(need)) throw new Error('a viewer may do that');
    const route = routeOf(operation);
    const left = await leftBy(route, { url: pathOf(route), body: {} }, viewer.headers);
    expect(left.answer.statusCode).toBe(403);
    expect(left.lines).toMatchObject([
      { ...lineOf(operation, policy, left, 'vera'), result: 'refused', errorCode: 'forbidden' },
    ]);
  });

  it('leaves one line when what is asked for makes no sense', async () => {
    const route = routeOf(operation);
    const left = await leftBy(route, { url: pathOf(route), body: { nonsense: 1 } }, INSTALLATION.headers);
    const { statusCode } = left.answer;
    // what has no body, and nothing to be found, is done all the same
    expect(statusCode).toBeLessThan(500);
    // clients of the documented interfaces are told so in their own way, or what nobody knows is ignored
    if (route.hasBody && route.path.startsWith('/v1/')) expect(statusCode).toBe(400);
    const result = statusCode < 400 ? 'ok' : 'refused';
    expect(left.lines).toMatchObject([{ ...lineOf(operation, policy, left, 'installation'), result }]);
  });

  it('leaves none when nobody knows who asks, and does nothing', async () => {
    const route = routeOf(operation);
    const left = await leftBy(route, { url: pathOf(route), body: {} }, {});
    expect(left.answer.statusCode).toBe(401);
    expect(left.lines).toEqual([]);
  });
});

it('reading leaves no line', async () => {
  const lines = await watchLog(stand.deps.store);
  const reading = [...routes.values()].filter(({ method }) => method === 'GET');
  expect(reading.length).toBeGreaterThan(30);
  for (const route of reading) await stand.ask({ url: pathOf(route), headers: INSTALLATION.headers });
  expect(await lines()).toEqual([]);
});

describe('what was and what has become', () => {
  const only = async (request: GoodRequest, operation: string) =>
    ((await leftBy(routeOf(operation), request, world.admin.headers)).lines[0] as Operation).object;

  it('is the whole definition of a job', async () => {
    const request = await requestOf('updateJob');
    const { before, after } = await only(request, 'updateJob');
    expect(before).toMatchObject({ version: 1, state: 'enabled', definition: { name: 'daily bars' } });
    expect(after).toMatchObject({ version: 2, state: 'enabled', definition: { name: 'other bars' } });
  });

  it('is kept of what was refused as well', async () => {
    const { url, body } = await requestOf('updateJob');
    const late = { url, body: { ...body, version: 9 }, object: null };
    const { before, after } = await only(late, 'updateJob');
    expect([before, after]).toMatchObject([{ version: 1 }, null]);
  });

  it('is the state of a run, and the order of sources', async () => {
    const cancel = await requestOf('cancelRun');
    expect(await only(cancel, 'cancelRun')).toMatchObject({
      before: { state: 'pending' },
      after: { state: 'cancelled' },
    });
    const order = await requestOf('setPriority');
    expect(await only(order, 'setPriority')).toMatchObject({
      before: null,
      after: ['baostock'],
    });
    expect(await only(order, 'clearPriority')).toMatchObject({
      before: ['baostock'],
      after: null,
    });
  });
});

describe('whose name is kept', () => {
  const canceller = async (headers: TestIdentity['headers']) => {
    const request = await requestOf('cancelRun');
    const { answer } = await leftBy(routeOf('cancelRun'), request, headers);
    return answer.json<{ stop: { by: string } }>().stop.by;
  };

  it('is that of the user, whoever they say they are', async () => {
    expect(await canceller(world.admin.headers)).toBe('ann');
  });

  it('is the one that the installation tells', async () => {
    expect(await canceller(INSTALLATION.headers)).toBe('somebody else');
  });
});

it('a line is there before the work, and says so when nobody ends it', async () => {
  const lines = await watchLog(stand.deps.store);
  const never = new Promise<never>(() => {});
  const begun = Promise.withResolvers<void>();
  const deaf = await createHttpStand(database.db, {
    stays: true,
    deps: (deps) => ({
      ...deps,
      store: {
        ...deps.store,
        setGroup: () => {
          begun.resolve();
          return never;
        },
      },
    }),
  });
  void deaf.ask({ method: 'PUT', url: '/v1/groups/slow', payload: { most: 2 } }).catch(() => {});
  await begun.promise;
  expect(await lines()).toMatchObject([
    { action: 'setGroup', result: 'unknown', status: null, object: { kind: null } },
  ]);
  await deaf.app.close();
  expect(await lines()).toMatchObject([{ action: 'setGroup', result: 'unknown' }]);
});
