import { once } from 'node:events';
import { Agent, request, type IncomingMessage, type RequestOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
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

const HOST = '127.0.0.1';
const TOKEN = 'the-token-of-the-tests';
const PAGE_DIR = fileURLToPath(new URL('../../../packages/web/public/', import.meta.url));

/** The interface over a database of its own, asked by who may do everything. It needs no test runner. */
export interface Served {
  readonly document: ApiDocument;
  readonly db: Database;
  send(request: FuzzedRequest): Promise<JudgedAnswer>;
  post(url: string, body: object): Promise<JudgedAnswer>;
  sync(request: SyncRequest): Promise<RunView>;
  close(): Promise<void>;
}

export async function serve(db: Database): Promise<Served> {
  const { tushare, baostock } = honestSources();
  const { deps, sync } = await createAppStand(db, { sources: [tushare, baostock] });
  let port = 0;
  const app = createHttp({
    deps,
    facts: { version: '1.2.3', mode: 'replay', startedAt: 0 },
    token: TOKEN,
    tokenFile: '/data/api-token',
    openReading: 'until-admin',
    port: () => port,
    schemaStatus: async () => ({ found: 4, known: 4 }),
    pageDir: PAGE_DIR,
  });
  await app.listen({ host: HOST, port: 0 });
  port = (app.server.address() as AddressInfo).port;
  const agent = new Agent({ keepAlive: true });
  const send: Served['send'] = ({ headers, ...asked }) =>
    ask({ host: HOST, port, agent }, { ...asked, headers: { ...headers, authorization: `Bearer ${TOKEN}` } });
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
    db,
    send,
    post,
    sync,
    async close() {
      agent.destroy();
      await app.close();
    },
  };
}

/** Over a socket, as clients ask; a kept one that the server has closed meanwhile is left for a new one. */
async function ask(
  where: RequestOptions,
  { method, url, headers, payload }: FuzzedRequest,
): Promise<JudgedAnswer> {
  const sent = request({ ...where, method, path: url, headers });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  sent.end(payload);
  try {
    const [answer] = await answered;
    return { statusCode: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
  } catch (error) {
    if (sent.reusedSocket) return ask(where, { method, url, headers, payload });
    throw error;
  }
}
