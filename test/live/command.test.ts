import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, tapekeeper } from '../cli/program.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { openLiveStand, TOKEN, type LiveStand } from './liveStand.ts';

let database: TestDatabase;
let stand: LiveStand;
let server: Readonly<Record<string, string>>;

beforeAll(async () => {
  database = await createDatabase('live');
  stand = await openLiveStand(database);
  server = { TAPEKEEPER_SERVER: stand.url, TAPEKEEPER_TOKEN: TOKEN };
});
afterAll(async () => {
  await stand.close();
  await database.drop();
});

describe('tapekeeper events', () => {
  it('prints what has happened lately, and ends', async () => {
    const seq = await stand.tell(['run', { runId: 12, state: 'running' }]);
    const { code, stdout } = await tapekeeper(['events', 'runs', '--json'], server);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ seq, kind: 'run', payload: { runId: 12 } });
  });

  it('goes on with --follow until it is told to stop, and steers no terminal', async () => {
    const following = begin(['events', 'sets', '--last', '1', '--follow'], server);
    await stand.tell(['symbol_set', { name: 'first' }]);
    const waiting = following.says(/name=first/);
    const telling = setTold();
    await waiting;
    await telling.stop();
    await stand.tell(['symbol_set', { name: 'red\u001b[31m' }]);
    await following.says(/name=red·\[31m/);
    following.signal('SIGINT');
    expect((await following.ended).code).toBe(0);
  });

  it('says so where no such topic is', async () => {
    const wrong = await tapekeeper(['events', 'nonsense'], server);
    expect(wrong).toMatchObject({ code: 64, stderr: expect.stringContaining('no topic "nonsense"') });
  });
});

/** The command may connect after the first event was told: it is told until it was heard. */
function setTold(): { stop(): Promise<void> } {
  let isOver = false;
  const telling = (async () => {
    while (!isOver) await stand.tell(['symbol_set', { name: 'first' }]);
  })();
  return {
    stop() {
      isOver = true;
      return telling;
    },
  };
}
