import { aliveSchema, readySchema, statusSchema } from '@tapekeeper/contract';
import { AppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { AppDeps } from '../../packages/server/src/app/deps.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createHttpStand, type HttpStandOptions } from './httpStand.ts';

const database = useCleanDatabase();
const never = (): Promise<never> => new Promise(() => {});

async function ready(options: HttpStandOptions = {}) {
  const stand = await createHttpStand(database().db, {
    ...options,
    deps: options.deps ?? ((deps) => ({ ...deps, clock: systemClock })),
  });
  const answer = await stand.get('/readyz');
  const report = readySchema.parse(answer.json());
  return {
    status: answer.statusCode,
    ready: report.ready,
    failed: report.checks.filter((check) => !check.ok).map((check) => check.name),
    details: report.checks.map((check) => check.detail).join('; '),
  };
}

/** The stand's clock waits for nothing, so what does not answer at once is late. */
const withStore =
  (change: Partial<AppDeps['store']>, clock = systemClock) =>
  (deps: AppDeps): AppDeps => ({ ...deps, clock, store: { ...deps.store, ...change } });

describe('being alive', () => {
  it('is answered even when the database is not', async () => {
    const stand = await createHttpStand(database().db, {
      deps: withStore({ ping: never, run: never, runs: never }),
    });
    const answer = await stand.get('/livez');
    expect(answer.statusCode).toBe(200);
    expect(aliveSchema.parse(answer.json())).toEqual({ alive: true, startedAt: '1970-01-01T00:00:00.000Z' });
  });
});

describe('being ready', () => {
  it('is said with what was looked at', async () => {
    expect(await ready()).toMatchObject({ status: 200, ready: true, failed: [] });
  });

  it('is denied when no scheduler turns any more, and not where none was started', async () => {
    const { db } = database();
    await db.rows(
      sql`INSERT INTO tapekeeper.scheduler (boot, node, pid) VALUES (gen_random_uuid(), 'here', 1)`,
    );
    expect(await ready()).toMatchObject({ status: 200, failed: [] });
    await db.rows(sql`UPDATE tapekeeper.scheduler SET turned_at = turned_at - interval '6 seconds'`);
    const report = await ready();
    expect(report).toMatchObject({ status: 503, failed: ['scheduler'] });
    expect(report.details).toMatch(/a scheduler turned [67]\.\d s ago/);
  });

  it('is denied when the database does not answer in time', async () => {
    const late = { ...systemClock, sleep: async () => {} };
    const report = await ready({ deps: withStore({ ping: never }, late) });
    expect(report).toMatchObject({ status: 503, ready: false });
    expect(report.failed).toContain('database');
    expect(report.details).toContain('no answer within 1000 ms');
  });

  it('is denied when the database cannot be reached, and says where it was looked for', async () => {
    const lost = new AppError('database_unreachable', { host: '127.0.0.1:5432', message: 'refused.' });
    const report = await ready({ deps: withStore({ ping: () => Promise.reject(lost) }) });
    expect(report).toMatchObject({ status: 503, failed: ['database'] });
    expect(report.details).toContain('127.0.0.1:5432');
  });

  it('is denied when the schema is older or newer than the program', async () => {
    expect(await ready({ schemaStatus: async () => ({ found: 3, known: 4 }) })).toMatchObject({
      failed: ['schema'],
    });
    const newer = new AppError('schema_newer', { found: 5, known: 4 });
    expect(await ready({ schemaStatus: () => Promise.reject(newer) })).toMatchObject({
      status: 503,
      failed: ['schema'],
    });
  });

  it('is denied when runs wait and no worker moves', async () => {
    const stranded = async () => [
      { runId: 7, ms: 61_000 },
      { runId: 8, ms: 1_000 },
    ];
    const report = await ready({ deps: withStore({ strandedRuns: stranded }) });
    expect(report).toMatchObject({ status: 503, failed: ['work'] });
    expect(report.details).toContain('these runs: 7');
  });

  it('is denied when the disk is nearly full', async () => {
    const deps = (given: AppDeps): AppDeps => ({
      ...given,
      clock: systemClock,
      freeMegabytes: async () => 499,
      settings: { ...given.settings, minFreeMegabytes: 500 },
    });
    expect(await ready({ deps })).toMatchObject({ status: 503, failed: ['disk'] });
  });

  it('says nothing of errors that it does not know', async () => {
    const report = await ready({
      deps: withStore({ ping: () => Promise.reject(new Error('password=hunter2')) }),
    });
    expect(report.details).not.toContain('hunter2');
  });
});

describe('the status', () => {
  it('names version, mode, the sources in their order, and what they refuse', async () => {
    const stand = await createHttpStand(database().db, {
      deps: (deps) => ({ ...deps, freeMegabytes: async () => 1234 }),
    });
    await stand.deps.store.saveRight({ source: 'tushare', api: 'adj_factor', allowed: false, detail: null });
    await stand.deps.store.saveRight({ source: 'tushare', api: 'daily', allowed: true, detail: null });
    const status = statusSchema.parse((await stand.get('/v1/status')).json());
    expect(status).toMatchObject({
      version: '1.2.3',
      mode: 'replay',
      marketDay: '2024-01-31',
      freeMegabytes: 1234,
      sources: [
        { source: 'tushare', position: 1, refused: ['adj_factor'] },
        { source: 'baostock', position: 2, refused: [] },
      ],
    });
    expect(status.sources[0]?.datasets).toContain('daily_bars');
    expect(status.databaseBytes).toBeGreaterThan(0);
  });
});
