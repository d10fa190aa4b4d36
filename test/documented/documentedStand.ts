import type { Role } from '@tapekeeper/core';
import { afterAll, beforeAll } from 'vitest';
import type { HttpOptions } from '../../packages/server/src/http/createHttp.ts';
import { installStarters } from '../../packages/server/src/app/jobs/installStarters.ts';
import { createHttpStand, HOST, type Answer, type Asked, type HttpStand } from '../http/httpStand.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { makeToken, makeUser } from '../security/identities.ts';

/** Who asks: a user of that role with a token, or nobody. */
export type Who = Role | 'nobody';

/** The interface with people and the jobs that come along, for the documented systems. */
export interface DocumentedStand extends HttpStand {
  askAs(who: Who, request: Asked): Promise<Answer>;
  /** Headers of a role. */
  headersOf(who: Who): Readonly<Record<string, string>>;
}

export const DOCUMENTED_PASSWORD = 'nine brown herons by the lake';

/**
 * One database and one interface for all tests of a file, with the starter jobs in it (disabled), and the users
 * `ann` (admin), `otto` (operator) and `vera` (viewer); `ann` can log in with the password above.
 */
export function useDocumentedStand(name: string, http: Partial<HttpOptions> = {}): () => DocumentedStand {
  let database: TestDatabase;
  let stand: DocumentedStand;
  beforeAll(async () => {
    database = await createDatabase(`documented_${name}`);
    const base = await createHttpStand(database.db, { stays: true, http });
    await installStarters(base.deps, { enable: 'none', which: 'missing' });
    const { proofs, store } = base.deps;
    const { user: ann } = await makeUser(base.deps, 'ann', 'admin');
    await store.setPassword(ann.id, await proofs.passwords.hash(DOCUMENTED_PASSWORD));
    const headers: Record<Who, Readonly<Record<string, string>>> = {
      // the new password has voided the token that came with the user
      admin: { authorization: `Bearer ${await makeToken(base.deps, ann)}` },
      operator: (await makeUser(base.deps, 'otto', 'operator')).headers,
      viewer: (await makeUser(base.deps, 'vera', 'viewer')).headers,
      nobody: {},
    };
    stand = {
      ...base,
      headersOf: (who) => headers[who],
      askAs: (who, request) =>
        base.app.inject({ ...request, headers: { host: HOST, ...headers[who], ...request.headers } }),
    };
  });
  afterAll(async () => {
    await stand.app.close();
    await database.drop();
  });
  return () => stand;
}
