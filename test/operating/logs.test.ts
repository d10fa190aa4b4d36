import { afterEach, expect, it, vi } from 'vitest';
import { createLog } from '../../packages/server/src/observe/log.ts';
import { scopeEngine } from '../../packages/server/src/observe/scopeEngine.ts';
import type { DispatchHandler } from '../../packages/server/src/ports/engine.ts';
import { createHttpStand } from '../http/httpStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';

const database = useCleanDatabase();
afterEach(() => void vi.restoreAllMocks());

type Line = Readonly<Record<string, unknown>>;

/** A log whose lines are kept, as they would be written. */
function keptLog() {
  const lines: Line[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    lines.push(JSON.parse(String(text)) as Line);
    return true;
  });
  return { log: createLog('debug', () => []), lines };
}

it('every line of a request names it and who asked, those of use cases and of bodies included', async () => {
  const { log, lines } = keptLog();
  const stand = await createHttpStand(database().db, {
    deps: (deps) => ({
      ...deps,
      log,
      store: {
        ...deps.store,
        createSet: async () => {
          log.info({}, 'inside a use case');
          throw new Error('odd');
        },
        groups: async () => {
          log.info({}, 'inside a question');
          return deps.store.groups();
        },
      },
    }),
  });
  const [written, read] = await Promise.all([
    stand.post('/v1/sets', { name: 'mine', symbols: ['600000.SH'] }),
    stand.get('/v1/groups'),
  ]);
  expect([written.statusCode, read.statusCode]).toEqual([500, 200]);
  const idOf = (answer: typeof written) => answer.headers['x-request-id'];
  const of = (id: unknown) => lines.filter(({ requestId }) => requestId === id);
  expect(of(idOf(written)).map(({ msg, user }) => [msg, user])).toEqual([
    ['inside a use case', 'installation'],
    ['a request failed', 'installation'],
    ['refused', 'installation'],
  ]);
  expect(of(idOf(read)).map(({ msg, user }) => [msg, user])).toEqual([
    ['inside a question', 'loopback'],
    ['answered', 'loopback'],
  ]);
  expect(lines.filter(({ requestId }) => requestId === undefined)).toEqual([]);
});

it('every line of a dispatch names its run, though many are worked on at a time', async () => {
  const { log, lines } = keptLog();
  let handle: DispatchHandler = async () => {};
  const engine = scopeEngine(
    {
      start: async (handler) => void (handle = handler),
      stop: async () => {},
    },
    log,
  );
  await engine.start(async ({ runId }) => {
    log.info({ first: runId }, 'begun');
    await new Promise((resolve) => setImmediate(resolve));
    log.info({ second: runId }, 'went on');
  });
  const { signal } = new AbortController();
  await Promise.all([1, 2, 3].map((runId) => handle({ runId, shardNo: 0, dispatch: 1 }, signal)));
  log.info({}, 'of no run');
  for (const { runId, first, second } of lines.slice(0, 6)) expect(runId).toBe(first ?? second);
  expect(lines).toHaveLength(7);
  expect(lines.at(-1)).not.toHaveProperty('runId');
});
