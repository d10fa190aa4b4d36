import {
  builtinCalendar,
  isoInstant,
  occurrencesOf,
  plainDay,
  scheduleOf,
  shanghaiInstant,
  type Instant,
  type JobDefinition,
  type Schedule,
  type Trigger,
} from '@tapekeeper/core';
import type { JobExplanation, RunExplanation } from '@tapekeeper/contract';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import type { Job, NextMoment } from '../../packages/server/src/ports/jobStore.ts';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createHttpStand, type HttpStand, type HttpStandOptions } from '../http/httpStand.ts';
import { emptyTables } from '../support/cleanDatabase.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { syncJob } from '../support/jobDefinition.ts';

/** The interface over a database whose clock the test sets: nothing here depends on the day of the test. */
export interface ExplainStand {
  readonly db: Database;
  readonly url: string;
  /** Sets the time that decides, in Shanghai. */
  setClock(day: string, time: string): Promise<void>;
  /** Makes a job of a schedule, enabled, at the time that it is. */
  keepJob(trigger: Trigger, rest?: Partial<Schedule>, more?: Partial<JobDefinition>): Promise<Job>;
  explainJob(job: number | string, at?: string): Promise<JobExplanation>;
  explainRun(id: number): Promise<RunExplanation>;
}

export function useExplainStand(
  options: HttpStandOptions = {},
): () => ExplainStand & Pick<HttpStand, 'deps' | 'get' | 'tushare' | 'workerId' | 'work'> {
  let database: TestDatabase;
  let owner: Database;
  let stand: HttpStand;
  beforeAll(async () => {
    database = await createDatabase('explain');
    owner = await connect({
      url: database.ownerUrl,
      max: 1,
      applicationName: 'tests',
      statementTimeoutMs: 20_000,
    });
    await owner.rows(sql`CREATE TABLE tapekeeper_clock (at timestamptz NOT NULL)`);
    await owner.rows(sql`INSERT INTO tapekeeper_clock VALUES ('2026-11-20T08:00:00Z')`);
    await owner.rows(sql`GRANT SELECT ON tapekeeper_clock TO PUBLIC`);
    for (const name of ['now', 'source_now']) {
      await owner.rows(sql`
        CREATE OR REPLACE FUNCTION tapekeeper.${sql.ref(name)}() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE
        AS 'SELECT at FROM public.tapekeeper_clock'`);
    }
  });
  afterAll(async () => {
    await owner?.close();
    await database?.drop();
  });
  beforeEach(async () => {
    await emptyTables(database.db);
    stand = await createHttpStand(database.db, { settings: { budgets: true }, ...options });
  });
  const ask = async <T>(url: string): Promise<T> => {
    const answer = await stand.get(url);
    if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}: ${answer.body}`);
    return answer.json<T>();
  };
  const setTo = (at: Instant) => owner.rows(sql`UPDATE tapekeeper_clock SET at = ${isoInstant(at)}`);
  return () => ({
    db: database.db,
    url: database.url,
    deps: stand.deps,
    get: stand.get,
    tushare: stand.tushare,
    workerId: stand.workerId,
    work: stand.work,
    async setClock(day, time) {
      await setTo(at(day, time));
    },
    keepJob(trigger, rest = {}, more = {}) {
      const definition = {
        ...syncJob(trigger),
        schedule: { ...scheduleOf(trigger), ...rest },
        ...more,
      } as JobDefinition;
      return stand.deps.store.createJob(
        { key: 'bars', definition, state: 'enabled', author: 'li' },
        nextMoment,
      );
    },
    explainJob: (job, time) => ask(`/v1/jobs/${job}/explain${time === undefined ? '' : `?at=${time}`}`),
    explainRun: (id) => ask(`/v1/runs/${id}/explain`),
  });
}

/** An instant by the clocks of Shanghai, `at('2026-11-20', '16:30')`. */
export function at(day: string, time: string): Instant {
  const [hour = '0', minute = '0', second = '0'] = time.split(':');
  return shanghaiInstant(plainDay(day), Number(hour) * 60 + Number(minute)) + Number(second) * 1000;
}

export const nextMoment: NextMoment = ({ key, definition }, after) =>
  occurrencesOf(definition.schedule, { calendar: builtinCalendar(), readCron: cronReader, key }).next(
    after,
  ) ?? null;
