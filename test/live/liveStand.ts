import type { AddressInfo } from 'node:net';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { OpenReading } from '../../packages/server/src/http/auth/authenticate.ts';
import type { HttpApp } from '../../packages/server/src/http/context.ts';
import { createHttp } from '../../packages/server/src/http/createHttp.ts';
import { liveDoor } from '../../packages/server/src/http/liveDoor.ts';
import { createLive, type Live } from '../../packages/server/src/live/createLive.ts';
import type { LiveLimits } from '../../packages/server/src/live/limits.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { listenForEvents } from '../../packages/server/src/store/listen.ts';
import { createAppStand, type AppStand, type AppStandOptions } from '../support/appStand.ts';
import type { TestDatabase } from '../support/database.ts';
import { quietLog } from '../support/quietLog.ts';

/** The live interface of one process over a real socket and a real log; nobody publishes but the test. */
export interface LiveStand extends AppStand {
  readonly app: HttpApp;
  readonly live: Live;
  readonly port: number;
  readonly url: string;
  readonly token: string;
  /** Writes facts in one transaction and publishes them; returns the number of the last. */
  tell(...facts: readonly Fact[]): Promise<number>;
  close(): Promise<void>;
}

export type Fact = readonly [kind: string, payload: Readonly<Record<string, unknown>>];

export interface LiveStandOptions {
  readonly limits?: Partial<LiveLimits>;
  readonly openReading?: OpenReading;
  /** Whether this machine may use without a token what the documents show without one. */
  readonly documentedLoopback?: boolean;
  /** None by default. */
  readonly sources?: AppStandOptions['sources'];
  /** A free one by default. */
  readonly port?: number;
}

export const TOKEN = 'the-token-of-the-tests';

export async function openLiveStand(
  database: TestDatabase,
  {
    limits = {},
    openReading = 'never',
    documentedLoopback = false,
    sources = [],
    port: wished = 0,
  }: LiveStandOptions = {},
): Promise<LiveStand> {
  const stand = await createAppStand(database.db, { sources, clock: systemClock });
  const { deps } = stand;
  const signal = listenForEvents(database.url, systemClock, quietLog);
  const live = createLive(deps, signal, {
    frameMs: 20,
    perInstallation: 2_000,
    connections: 2_000,
    ...limits,
  });
  const rules = { token: TOKEN, openReading, documentedLoopback, port: () => port };
  const app = createHttp({
    ...rules,
    deps,
    live: live.gateway,
    facts: { version: '1.2.3', mode: 'replay', startedAt: 0 },
    tokenFile: '/data/api-token',
    schemaStatus: async () => ({ found: 4, known: 4 }),
    pageDir: new URL('../../packages/web/public/', import.meta.url).pathname,
  });
  await live.start(app.server, liveDoor(deps, rules));
  await app.listen({ host: '127.0.0.1', port: wished });
  const { port } = app.server.address() as AddressInfo;
  return {
    ...stand,
    app,
    live,
    port,
    url: `http://127.0.0.1:${port}`,
    token: TOKEN,
    async tell(...facts) {
      await database.db.rows(sql`
        INSERT INTO tapekeeper.event_outbox (topic, payload)
        SELECT topic, payload FROM unnest(
          ${facts.map(([kind]) => kind)}::text[], ${facts.map(([, payload]) => JSON.stringify(payload))}::jsonb[]
        ) WITH ORDINALITY AS f (topic, payload, no) ORDER BY no`);
      while ((await deps.store.publishEvents(1_000)) > 0);
      return (await deps.store.eventBounds()).latest;
    },
    async close() {
      await live.stop();
      await app.close();
    },
  };
}
