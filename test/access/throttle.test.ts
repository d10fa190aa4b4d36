import { isAppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { admitLogin } from '../../packages/server/src/app/access/login.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { HOST } from '../http/httpStand.ts';
import { PASSWORD, PROXY, PUBLIC_HOST, useAccessStand } from './accessStand.ts';

// slow machines must not count as waiting
const stand = useAccessStand({ still: true });
const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

type LoginDeps = Parameters<typeof admitLogin>[0];

/** One guess: 0 where it was looked at, else how many seconds to wait. */
async function guess(name: string, ip: string, deps: LoginDeps = stand().deps): Promise<number> {
  try {
    await admitLogin(deps, { name, ip });
    return 0;
  } catch (error) {
    if (!isAppError(error, 'login_throttled')) throw error;
    return Number(error.details['seconds']);
  }
}

const wrong = (name: string, headers: Readonly<Record<string, string>> = {}, from?: string) =>
  stand().send({
    method: 'POST',
    url: '/v1/auth/login',
    headers,
    payload: { name, password: 'not the password' },
    ...(from && { from }),
  });

describe('guessing', () => {
  it('ten thousand times gets at most a hundred an hour looked at, wherever the guesses come from', async () => {
    // bursts of ten at once for eleven hours, each guess from another address, by many a spelling of the name
    const evaluated: number[] = [];
    const EVERY_MS = 40 * SECOND;
    const { deps } = stand();
    const secrets = await deps.store.userSecrets('ann', '10.0.0.1');
    // what is known of ann does not change meanwhile, and need not be read ten thousand times
    const quick = { ...deps, store: { ...deps.store, userSecrets: async () => secrets } };
    for (let burst = 0; burst < 1_000; burst += 1) {
      const waits = await Promise.all(
        Array.from({ length: 10 }, (_, at) =>
          guess(at % 2 === 0 ? 'ann' : ' ANN ', `10.${at}.1.${burst % 250}`, quick),
        ),
      );
      for (const wait of waits) if (wait === 0) evaluated.push(burst * EVERY_MS);
      await stand().time.move(EVERY_MS);
    }
    const inHour = evaluated.map((from) => evaluated.filter((at) => at >= from && at < from + HOUR).length);
    expect(Math.max(...inHour)).toBeLessThanOrEqual(100);
    expect(evaluated.length).toBeGreaterThan(100);
  }, 300_000);

  it('costs nothing five times, and twice as long each time after', async () => {
    const waits: number[] = [];
    for (let at = 0; at < 14; at += 1) {
      let wait = await guess('ann', '10.0.0.9');
      waits.push(wait);
      while (wait > 0) {
        await stand().time.move(wait * SECOND);
        wait = await guess('ann', '10.0.0.9');
      }
    }
    expect(waits).toEqual([0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 120, 120]);
  });

  it('at once is as slow as one after the other', async () => {
    const all = await Promise.all(Array.from({ length: 40 }, () => guess('ann', '10.0.0.9')));
    expect(all.filter((wait) => wait === 0)).toHaveLength(5);
  });

  it('of unknown names is slowed down alike, and tells nothing of who there is', async () => {
    for (const name of ['ann', 'nobody-there']) {
      const statuses: number[] = [];
      for (let at = 0; at < 7; at += 1) statuses.push((await wrong(name)).statusCode);
      expect([name, statuses]).toEqual([name, [401, 401, 401, 401, 401, 429, 429]]);
    }
  });

  it('of many names from one address is slowed down by the address', async () => {
    const waits: number[] = [];
    for (let at = 0; at < 22; at += 1) waits.push(await guess(`name-${at}`, '10.0.0.9'));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(20);
    expect(await guess('another', '10.0.0.10')).toBe(0);
  });

  it('of many names from many addresses is slowed down for the whole installation, by seconds', async () => {
    const waits: number[] = [];
    for (let at = 0; at < 140; at += 1) waits.push(await guess(`name-${at}`, `10.1.0.${at}`));
    expect(waits.filter((wait) => wait === 0).length).toBeLessThan(110);
    expect(Math.max(...waits)).toBeLessThanOrEqual(2);
  });
});

describe('who is slowed down', () => {
  it('is told so, and how long, without a line in the audit log', async () => {
    for (let at = 0; at < 5; at += 1) await wrong('ann');
    const lines = (await stand().lines()).length;
    const answer = await wrong('ann');
    expect(answer.json()).toMatchObject({ status: 429, code: 'login_throttled' });
    expect(answer.headers['retry-after']).toBe('1');
    expect(await stand().lines()).toHaveLength(lines);
  });

  it('gets no further by naming other addresses in headers of proxies', async () => {
    const statuses: number[] = [];
    for (let at = 0; at < 25; at += 1) {
      const headers = { host: HOST, 'x-forwarded-for': `203.0.113.${at}` };
      statuses.push((await wrong(`name-${at}`, headers)).statusCode);
    }
    // no proxy is trusted that the headers could come from
    expect(new Set(statuses)).toEqual(new Set([403]));
  });

  it('is counted by the address that the trusted proxy has seen, not by those that were sent to it', async () => {
    const statuses: number[] = [];
    for (let at = 0; at < 25; at += 1) {
      const headers = {
        host: PUBLIC_HOST,
        'x-forwarded-proto': 'https',
        'x-forwarded-for': `198.51.100.${at}, 203.0.113.7`,
      };
      statuses.push((await wrong(`name-${at}`, headers, PROXY)).statusCode);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
    expect(statuses.slice(20)).toEqual(Array(5).fill(429));
  });

  it('is not shut out: from where somebody has come in before, guesses made elsewhere do not count', async () => {
    await stand().logIn('ann');
    for (let at = 0; at < 40; at += 1) await guess('ann', `10.2.0.${at}`);
    expect(await guess('ann', '10.9.9.9')).toBeGreaterThan(0);
    expect(await stand().logIn('ann')).toMatchObject({ statusCode: 200 });
  });

  it('waits two minutes at most, however long it went on, and nothing is left of it after a day', async () => {
    for (let at = 0; at < 40; at += 1) {
      await guess('ann', '10.0.0.9');
      await stand().time.move(121 * SECOND);
    }
    expect(await guess('ann', '10.0.0.9')).toBe(0);
    expect(await guess('ann', '10.0.0.9')).toBe(120);
    await stand().time.move(DAY + HOUR);
    const waits = [];
    for (let at = 0; at < 5; at += 1) waits.push(await guess('ann', '10.0.0.9'));
    expect(waits).toEqual([0, 0, 0, 0, 0]);
  });

  it('begins anew after a good login; the address only gets that one try back', async () => {
    for (let at = 0; at < 4; at += 1) await wrong('ann');
    await stand().logIn('ann');
    const left = await stand().db.rows<{ tries: number }>(
      sql`SELECT tries FROM tapekeeper.login_throttle ORDER BY tries`,
    );
    expect(left).toEqual([{ tries: 4 }, { tries: 4 }]);
  });
});

it('sweeps with a login what ended long ago, and nothing else', async () => {
  const { db, time } = stand();
  await stand().logIn('ann');
  await wrong('somebody');
  const count = async () =>
    db.one(sql`SELECT (SELECT count(*) FROM tapekeeper.session) AS sessions,
      (SELECT count(*) FROM tapekeeper.refresh_token) AS tokens,
      (SELECT count(*) FROM tapekeeper.login_throttle) AS throttles`);
  await stand().send({ method: 'POST', url: '/v1/auth/token', payload: { name: 'ann', password: PASSWORD } });
  expect(await count()).toEqual({ sessions: 1, tokens: 1, throttles: 3 });
  await time.move(3 * DAY);
  await stand().logIn('ann');
  expect(await count()).toEqual({ sessions: 2, tokens: 1, throttles: 0 });
  await time.move(32 * DAY);
  await stand().logIn('ann');
  expect(await count()).toEqual({ sessions: 1, tokens: 0, throttles: 0 });
});
