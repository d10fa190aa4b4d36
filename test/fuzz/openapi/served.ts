import { createHttp } from '../../../packages/server/src/http/createHttp.ts';
import type { RunView } from '../../../packages/server/src/ports/viewStore.ts';
import type { SyncRequest } from '../../../packages/server/src/app/requestSync.ts';
import type { Database } from '../../../packages/server/src/store/connection.ts';
import { fileURLToPath } from 'node:url';
import { createAppStand } from '../../support/appStand.ts';
import { honestSources } from '../../support/handSource.ts';
import type { ApiDocument } from './document.ts';
import type { JudgedAnswer } from './judge.ts';
import type { FuzzedRequest } from './requests.ts';

const PORT = 8000;
const TOKEN = 'the-token-of-the-tests';
const PAGE_DIR = fileURLToPath(new URL('../../../packages/web/public/', import.meta.url));

/** The interface over a database of its own, asked by who may do everything. It needs no test runner. */
export interface Served {
  readonly document: ApiDocument;
  send(request: FuzzedRequest): Promise<JudgedAnswer>;
  post(url: string, body: object): Promise<JudgedAnswer>;
  sync(request: SyncRequest): Promise<RunView>;
  close(): Promise<void>;
}

export async function serve(db: Database): Promise<Served> {
  const { tushare, baostock } = honestSources();
  const { deps, sync } = await createAppStand(db, { sources: [tushare, baostock] });
  const app = createHttp({
    deps,
    facts: { version: '1.2.3', mode: 'replay', startedAt: 0 },
    token: TOKEN,
    tokenFile: '/data/api-token',
    openReading: 'until-admin',
    port: () => PORT,
    schemaStatus: async () => ({ found: 4, known: 4 }),
    pageDir: PAGE_DIR,
  });
  await app.ready();
  const send: Served['send'] = ({ method, url, headers, payload }) =>
    app.inject({
      method: method as 'GET',
      url,
      headers: { host: `127.0.0.1:${PORT}`, ...headers, authorization: `Bearer ${TOKEN}` },
      ...(payload === undefined ? {} : { payload }),
    });
  const post: Served['post'] = (url, body) =>
    send({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    });
  const { body } = await send({ method: 'GET', url: '/openapi.json', headers: {}, payload: undefined });
  return {
    document: JSON.parse(body) as ApiDocument,
    send,
    post,
    sync,
    close: () => app.close(),
  };
}
