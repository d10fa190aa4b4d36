import type { Permission, Role } from '@tapekeeper/core';
import { beforeAll, beforeEach } from 'vitest';
import { createApiToken } from '../../packages/server/src/app/access/apiTokens.ts';
import type { HttpOptions } from '../../packages/server/src/http/createHttp.ts';
import { trustedProxies } from '../../packages/server/src/http/trustedProxies.ts';
import type { User } from '../../packages/server/src/ports/accessStore.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createHttpStand, HOST, type Answer, type HttpStand } from '../http/httpStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { moveTime, type MovedTime } from './movedTime.ts';

export const PASSWORD = 'seven grey owls at noon';
export const PROXY = '10.0.0.1';
export const PUBLIC_HOST = 'data.example.com';

export interface Sent {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly payload?: object;
  /** Of the other end of the connection; this machine by default. */
  readonly from?: string;
}

/** A line of the audit log, as far as tests look at it. */
export interface Line {
  readonly action: string;
  readonly actor: string;
  readonly result: string;
  readonly status: number | null;
  readonly kind: string | null;
  readonly id: string | null;
}

/** The interface with people in it, and a time that moves. */
export interface AccessStand extends HttpStand {
  readonly time: MovedTime;
  /** A request with these headers and no others but the host. */
  send(request: Sent): Promise<Answer>;
  addUser(name: string, role: Role, password?: string | null): Promise<User>;
  addToken(user: User, scopes?: readonly Permission[] | null, days?: number | null): Promise<string>;
  logIn(name: string, password?: string): Promise<Answer>;
  /** Headers of a browser that has logged in and shows a page of ours. */
  browser(name: string, password?: string): Promise<Readonly<Record<string, string>>>;
  me(headers: Readonly<Record<string, string>>): Promise<{ readonly name: string; readonly proof: string }>;
  lines(): Promise<readonly Line[]>;
  /** Payloads of what was told of credentials. */
  revocations(): Promise<readonly unknown[]>;
}

/** One database for the tests of a file, with an admin `ann` in it unless told otherwise; its time may stand still. */
export function useAccessStand(
  options: {
    readonly admin?: boolean;
    readonly still?: boolean;
    readonly http?: Partial<HttpOptions>;
  } = {},
): () => AccessStand {
  const database = useCleanDatabase();
  let time: MovedTime;
  let stand: AccessStand;
  let firstLine = 0;
  beforeAll(async () => {
    time = await moveTime(database(), { still: options.still ?? false });
  });
  beforeEach(async () => {
    await time.reset();
    const { db } = database();
    ({ last: firstLine } = await db.one<{ last: number }>(
      sql`SELECT coalesce(max(id), 0) AS last FROM tapekeeper.operation`,
    ));
    const base = await createHttpStand(db, {
      clock: time.clock,
      http: { isTrusted: trustedProxies([PROXY]), publicHosts: [PUBLIC_HOST], ...options.http },
    });
    stand = over(base, time, () => firstLine);
    if (options.admin !== false) await stand.addUser('ann', 'admin');
  });
  return () => stand;
}

function over(base: HttpStand, time: MovedTime, firstLine: () => number): AccessStand {
  const { app, deps, db } = base;
  const send = ({ from, headers = {}, ...request }: Sent): Promise<Answer> =>
    app.inject({ ...request, headers: { host: HOST, ...headers }, ...(from && { remoteAddress: from }) });
  const logIn = (name: string, password = PASSWORD): Promise<Answer> =>
    send({ method: 'POST', url: '/v1/auth/login', payload: { name, password } });
  return {
    ...base,
    time,
    send,
    async addUser(name, role, password = PASSWORD) {
      const passwordHash = password === null ? null : await deps.proofs.passwords.hash(password);
      return deps.store.createUser({ name, displayName: '', role, passwordHash });
    },
    async addToken(user, scopes = null, days = 90) {
      return (await createApiToken(deps, { userId: user.id, name: 'of a test', scopes, days })).token;
    },
    logIn,
    async browser(name, password) {
      return { cookie: cookieOf(await logIn(name, password)), 'sec-fetch-site': 'same-origin' };
    },
    me: async (headers) => (await send({ url: '/v1/auth/me', headers })).json(),
    lines: () =>
      db.rows(sql`
        SELECT action, actor, result, status, object_kind AS kind, object_id AS id FROM tapekeeper.operation
        WHERE operation.id > ${firstLine()} ORDER BY operation.id`),
    async revocations() {
      const rows = await db.rows<{ payload: unknown }>(
        sql`SELECT payload FROM tapekeeper.event_outbox WHERE topic = 'access' ORDER BY id`,
      );
      return rows.map(({ payload }) => payload);
    },
  };
}

/** What a browser sends back of the cookie that an answer has set. */
export function cookieOf(answer: Answer): string {
  return String(answer.headers['set-cookie']).split(';', 1)[0] ?? '';
}

export function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` };
}
