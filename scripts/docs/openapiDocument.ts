import { fileURLToPath } from 'node:url';
import type { AppDeps } from '../../packages/server/src/app/deps.ts';
import type { Log } from '../../packages/server/src/ports/log.ts';
import { createHttp } from '../../packages/server/src/http/createHttp.ts';
import { PRODUCT_VERSION } from '../../packages/server/src/upkeep/productVersion.ts';

const PAGE_DIR = fileURLToPath(new URL('../../packages/web/public/', import.meta.url));

const silent = (): void => {};
const SILENT: Log = { debug: silent, info: silent, warn: silent, error: silent };

/** The document of the HTTP interface, as the routes make it: no database is asked. */
export async function openapiDocument(): Promise<object> {
  const app = createHttp({
    // the routes are made, and no request comes
    deps: { log: SILENT, tasks: { imports: { mostBytes: 0 } } } as unknown as AppDeps,
    facts: { version: PRODUCT_VERSION, mode: 'live', startedAt: 0 },
    token: '',
    tokenFile: '',
    openReading: 'never',
    port: () => 0,
    schemaStatus: () => Promise.reject(new Error('nothing is asked')),
    pageDir: PAGE_DIR,
  });
  await app.ready();
  const document = { ...app.swagger() };
  await app.close();
  return document;
}

/** As it is kept beside the docs: a path or a schema a line, so that a change shows what it changes. */
export async function openapiText(): Promise<string> {
  const { paths, components, ...head } = (await openapiDocument()) as {
    readonly paths: object;
    readonly components: { readonly schemas: object };
  };
  const { schemas, ...others } = components;
  const inner = `{"schemas":${linesOf(schemas)},${JSON.stringify(others).slice(1)}`;
  return `{${JSON.stringify(head).slice(1, -1)},"paths":${linesOf(paths)},"components":${inner}}\n`;
}

function linesOf(entries: object): string {
  const lines = Object.entries(entries).map(
    ([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`,
  );
  return `{\n${lines.join(',\n')}\n}`;
}
