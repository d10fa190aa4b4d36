import type { AddressInfo } from 'node:net';
import type { HttpApp } from '../../packages/server/src/http/context.ts';
import { createHttp } from '../../packages/server/src/http/createHttp.ts';
import type { Database } from '../../packages/server/src/store/connection.ts';
import { createAppStand } from '../support/appStand.ts';
import { PAGE_DIR, TOKEN } from './httpStand.ts';

export { TOKEN } from './httpStand.ts';

export interface ServedDatabase {
  readonly url: string;
  close(): Promise<void>;
}

/** The interface over a database on a port of its own, for clients that open sockets. */
export async function serveDatabase(db: Database): Promise<ServedDatabase> {
  const { deps } = await createAppStand(db, { sources: [] });
  const app: HttpApp = createHttp({
    deps,
    facts: { version: '1.2.3', mode: 'replay', startedAt: 0 },
    token: TOKEN,
    tokenFile: '/data/api-token',
    openReading: 'until-admin',
    port: () => portOf(app),
    schemaStatus: async () => ({ found: 4, known: 4 }),
    pageDir: PAGE_DIR,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { url: `http://127.0.0.1:${portOf(app)}`, close: () => app.close() };
}

function portOf(app: HttpApp): number {
  return (app.server.address() as AddressInfo | null)?.port ?? 0;
}
