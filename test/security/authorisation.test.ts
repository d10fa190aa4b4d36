import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '@tapekeeper/contract';
import type { Need } from '../../packages/server/src/http/auth/policies.ts';
import { POLICY } from '../../packages/server/src/http/auth/policy.ts';
import { createHttpStand, HOST, type Answer, type HttpStand } from '../http/httpStand.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { documentedRoutes, isOfDocuments, pathOf, type DocumentedRoute } from './documented.ts';
import { LOOPBACK, makeIdentities, type TestIdentity } from './identities.ts';
import { onlyAtTheDoor } from './onlyAtTheDoor.ts';

/** All that a refusal may tell: of ours, and of the documented systems with their envelopes. */
const TOLD = ['code', 'detail', 'detailZh', 'requestId', 'status', 'title', 'type'];
const TOLD_BY_DOCUMENTS = ['code', 'data', 'detail', 'error_code', 'error_detail', 'message', 'success'];

/** What ends the proof of who does it comes last. */
const LAST: ReadonlySet<string> = new Set(['logOut', 'revokeTokens']);

let database: TestDatabase;
let stand: HttpStand;
let identities: readonly TestIdentity[];
let routes: readonly DocumentedRoute[];

beforeAll(async () => {
  database = await createDatabase('authorisation');
  stand = await createHttpStand(database.db, {
    stays: true,
    deps: (deps) => ({ ...deps, store: onlyAtTheDoor(deps.store) }),
  });
  routes = await documentedRoutes(stand);
});
afterAll(async () => {
  await stand.app.close();
  await database.drop();
});

/** What the table says of somebody, by another way than the program finds out. */
function expected(identity: TestIdentity, need: Need): 'let in' | 'token_required' | 'forbidden' {
  const { isKnown, permissions, proof } = identity;
  if (need === 'public') return 'let in';
  if (need === 'self') return isKnown ? 'let in' : 'token_required';
  if (need === 'person') {
    if (!isKnown) return 'token_required';
    return proof === 'apiToken' && !permissions.includes('admin') ? 'forbidden' : 'let in';
  }
  if (permissions.includes(need)) return 'let in';
  return isKnown ? 'forbidden' : 'token_required';
}

/** What became of a request: let in is whatever is not turned away at the door. */
function outcomeOf({ statusCode, headers, body }: Answer): string {
  if (statusCode !== 401 && statusCode !== 403) return 'let in';
  if (!String(headers['content-type']).includes('json')) return 'let in';
  const answer = JSON.parse(body) as Partial<Problem> & { readonly error_code?: string };
  const code = answer.error_code ?? answer.code;
  return code === 'token_required' || code === 'forbidden' ? code : 'let in';
}

/** Nothing in it can be found or is well formed, so that nothing changes whoever asks. */
async function ask(route: DocumentedRoute, { headers }: TestIdentity): Promise<Answer> {
  return stand.app.inject({
    method: route.method,
    url: pathOf(route),
    headers: { host: HOST, ...headers },
    ...(route.hasBody && { payload: { nonsense: 1 } }),
  });
}

interface Matrix {
  readonly who: string;
  readonly outcomes: Readonly<Record<string, string>>;
}

/** What becomes of somebody at each route, and what should. */
async function matrixOf(
  identity: TestIdentity,
): Promise<{ readonly found: Matrix; readonly wanted: Matrix }> {
  const found: Record<string, string> = {};
  const wanted: Record<string, string> = {};
  const tryRoute = async (route: DocumentedRoute): Promise<void> => {
    const policy = POLICY[route.operation];
    if (policy === undefined) throw new Error(`${route.operation} has no policy`);
    const name = `${route.method} ${route.path}`;
    wanted[name] = expected(identity, policy.need);
    found[name] = outcomeOf(await ask(route, identity));
  };
  await Promise.all(routes.filter(({ operation }) => !LAST.has(operation)).map(tryRoute));
  for (const route of routes.filter(({ operation }) => LAST.has(operation))) await tryRoute(route);
  const who = identity.name;
  return { found: { who, outcomes: found }, wanted: { who, outcomes: wanted } };
}

it('the document and the table of policies have the same routes', () => {
  const documented = routes.map(({ operation }) => operation);
  expect(documented.toSorted()).toEqual(Object.keys(POLICY).toSorted());
});

describe('while nobody administers the installation', () => {
  it('this machine may read, and do nothing else', async () => {
    const { found, wanted } = await matrixOf(LOOPBACK);
    expect(found).toEqual(wanted);
  });
});

describe('once there is an admin', () => {
  beforeAll(async () => {
    identities = await makeIdentities(stand.deps);
  });

  it('every route lets in whom its policy names, and nobody else', async () => {
    expect(identities.length).toBeGreaterThan(12);
    for (const identity of identities) {
      const { found, wanted } = await matrixOf(identity);
      expect(found).toEqual(wanted);
    }
  }, 120_000);

  it('who is turned away is told nothing of what there is', async () => {
    const nobody = identities.find(({ name }) => name === 'nobody') as TestIdentity;
    for (const route of routes.filter(({ operation }) => POLICY[operation]?.need !== 'public')) {
      const { headers, body } = await ask(route, nobody);
      expect([route.operation, headers['www-authenticate']]).toEqual([route.operation, 'Bearer']);
      const keys = Object.keys(JSON.parse(body) as object).toSorted();
      if (isOfDocuments(route)) expect(TOLD_BY_DOCUMENTS).toEqual(expect.arrayContaining(keys));
      else expect([route.operation, keys]).toEqual([route.operation, TOLD]);
    }
  });
});
