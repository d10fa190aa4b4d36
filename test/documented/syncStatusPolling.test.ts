import { expect, it } from 'vitest';
import { useDocumentedStand } from './documentedStand.ts';

/** The documented page sends no token to these routes: this machine may do without where a setting says so. */
const stand = useDocumentedStand('sync_status_polling', { documentedLoopback: true });

/** How the documented page waits: every five seconds, sixty times at most. */
const EVERY_MS = 5_000;
const MOST_POLLS = 60;

interface Timer {
  setInterval(turn: () => Promise<void>, ms: number): number;
  clearInterval(id: number): void;
}

interface Watched {
  readonly words: readonly string[];
  readonly notified: readonly string[];
  readonly isPolling: boolean;
}

/** The loop of the documented page: it tells when what ran runs no more, and stops then, or after five minutes. */
function startPolling(fetchStatus: () => Promise<string>, timer: Timer): Watched {
  const words: string[] = [];
  const notified: string[] = [];
  let before: string | undefined;
  let polls = 0;
  let id: number | undefined;
  const stop = (): void => {
    if (id !== undefined) timer.clearInterval(id);
    id = undefined;
  };
  id = timer.setInterval(async () => {
    polls += 1;
    const now = await fetchStatus();
    words.push(now);
    if (before === 'running' && now !== 'running') notified.push(now);
    if (now !== 'running' || polls >= MOST_POLLS) stop();
    before = now;
  }, EVERY_MS);
  return {
    words,
    notified,
    get isPolling() {
      return id !== undefined;
    },
  };
}

/** Time passes when the test says so. */
function handTimer(): Timer & { pass(): Promise<void>; readonly everyMs: number | undefined } {
  let turn: (() => Promise<void>) | undefined;
  let everyMs: number | undefined;
  return {
    setInterval(given, ms) {
      turn = given;
      everyMs = ms;
      return 1;
    },
    clearInterval: () => void (turn = undefined),
    pass: async () => turn?.(),
    get everyMs() {
      return everyMs;
    },
  };
}

const fetchStatus = async (): Promise<string> => {
  const answer = await stand().askAs('nobody', { url: '/api/sync/stock_basics/status' });
  return answer.json<{ data: { status: string } }>().data.status;
};

it('the documented loop sees running, and then success, and is told once', async () => {
  const run = await stand().askAs('nobody', { method: 'POST', url: '/api/sync/stock_basics/run' });
  expect(run.json()).toMatchObject({ success: true, data: { status: 'running' } });
  const timer = handTimer();
  const watched = startPolling(fetchStatus, timer);
  expect(timer.everyMs).toBe(EVERY_MS);
  await timer.pass();
  await timer.pass();
  await stand().work();
  await timer.pass();
  await timer.pass();
  expect(watched.words).toEqual(['running', 'running', 'success']);
  expect(watched.notified).toEqual(['success']);
  expect(watched.isPolling).toBe(false);
});

it('the documented loop gives up after sixty times while nobody works', async () => {
  await stand().askAs('nobody', { method: 'POST', url: '/api/sync/stock_basics/run?force=true' });
  const timer = handTimer();
  const watched = startPolling(fetchStatus, timer);
  for (let poll = 0; poll < MOST_POLLS + 5; poll++) await timer.pass();
  expect(watched.words).toEqual(Array.from({ length: MOST_POLLS }, () => 'running'));
  expect([watched.notified, watched.isPolling]).toEqual([[], false]);
  await stand().work();
});
