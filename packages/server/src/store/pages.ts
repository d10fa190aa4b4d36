import type { RunState } from '@tapekeeper/core';
import type { JobId } from '../ports/jobStore.ts';
import type {
  DatasetRunPageWish,
  JobPeople,
  JobRunPageWish,
  PageStore,
  RunPage,
} from '../ports/pageStore.ts';
import type { RunId } from '../ports/runStore.ts';
import { sql, type Database, type RawBuilder } from './connection.ts';
import { runsById } from './runViews.ts';

/** Pages by number, over the database. */
export function createPageStore(db: Database): PageStore {
  return {
    jobRunPage: (wish) => jobRunPage(db, wish),
    datasetRunPage: (wish) => datasetRunPage(db, wish),
    runsById: (ids) => runsById(db, ids),
    openRuns: (jobId) => openRuns(db, jobId),
    jobPeople: (ids, states) => jobPeople(db, ids, states),
  };
}

type Page = Omit<DatasetRunPageWish, 'datasets' | 'states'>;

async function jobRunPage(db: Database, wish: JobRunPageWish): Promise<RunPage> {
  const parts = sql`unnest(${[...wish.states]}::text[]) AS wanted (state)`;
  return pageOf(db, parts, sql`run.job_id = ${wish.jobId}`, { ...wish, oldestFirst: false });
}

async function datasetRunPage(db: Database, wish: DatasetRunPageWish): Promise<RunPage> {
  const parts = sql`unnest(${[...wish.datasets]}::text[]) AS of (dataset)
    CROSS JOIN unnest(${[...wish.states]}::text[]) AS wanted (state)`;
  return pageOf(db, parts, sql`run.dataset = of.dataset COLLATE "C"`, wish);
}

/**
 * Each part is a stretch of one index that has all that is asked for; of each, no more is read than the page can hold. A
 * state is asked for as a range from itself to itself, in the order of that index, so that the planner has to take it.
 */
async function pageOf(
  db: Database,
  parts: RawBuilder<unknown>,
  ofPart: RawBuilder<unknown>,
  { skip, limit, oldestFirst, from, until }: Page,
): Promise<RunPage> {
  const order = oldestFirst ? sql`ASC` : sql`DESC`;
  const found = sql`
    SELECT run.id FROM tapekeeper.run
    WHERE ${ofPart} AND run.state >= wanted.state COLLATE "C" AND run.state <= wanted.state COLLATE "C"
    ${from === null ? sql`` : sql`AND run.created_at >= to_timestamp(${from}::float8 / 1000)`}
    ${until === null ? sql`` : sql`AND run.created_at < to_timestamp(${until}::float8 / 1000)`}
    ORDER BY ${oldestFirst ? sql`run.state DESC` : sql`run.state`}, run.id ${order}`;
  const [{ total }, page] = await Promise.all([
    db.one<{ total: number }>(sql`
      SELECT coalesce(sum(counted.runs), 0)::bigint AS total FROM ${parts}
      CROSS JOIN LATERAL (SELECT count(*) AS runs FROM (${found}) AS found) AS counted`),
    db.rows<{ id: RunId }>(sql`
      SELECT found.id FROM ${parts} CROSS JOIN LATERAL (${found} LIMIT ${skip + limit}) AS found
      ORDER BY found.id ${order} OFFSET ${skip} LIMIT ${limit}`),
  ]);
  const ids = page.map(({ id }) => id);
  const runs = await runsById(db, ids);
  return { total, runs: runs.toSorted((one, other) => ids.indexOf(one.id) - ids.indexOf(other.id)) };
}

async function openRuns(
  db: Database,
  jobId: JobId | null,
): Promise<{ readonly open: number; readonly running: number }> {
  return db.one(sql`
    SELECT count(*)::int AS open, (count(*) FILTER (WHERE state = 'running'))::int AS running FROM tapekeeper.run
    WHERE state IN ('pending', 'running', 'paused') ${jobId === null ? sql`` : sql`AND job_id = ${jobId}`}`);
}

/** Of a job that scripts trigger day and night, the last change may lie far back: then its last version tells. */
const LOOKED_AT = 50;

async function jobPeople(
  db: Database,
  ids: readonly JobId[],
  states: readonly RunState[],
): Promise<readonly JobPeople[]> {
  if (ids.length === 0) return [];
  return db.rows<JobPeople>(sql`
    SELECT j.id AS "jobId",
      (SELECT author FROM tapekeeper.job_version WHERE job_id = j.id AND version = 1) AS "createdBy",
      coalesce(
        (SELECT author FROM (
           SELECT author, action, at, id FROM tapekeeper.job_change WHERE job_id = j.id
           ORDER BY at DESC, id DESC LIMIT ${LOOKED_AT}) AS newest
         WHERE action <> 'triggered' ORDER BY at DESC, id DESC LIMIT 1),
        (SELECT author FROM tapekeeper.job_version WHERE job_id = j.id ORDER BY version DESC LIMIT 1)) AS "updatedBy",
      (SELECT max(newest.id) FROM unnest(${[...states]}::text[]) AS wanted (state)
       CROSS JOIN LATERAL (
         SELECT id FROM tapekeeper.run WHERE job_id = j.id AND run.state = wanted.state COLLATE "C"
         ORDER BY id DESC LIMIT 1) AS newest) AS "lastRunId"
    FROM unnest(${[...ids]}::bigint[]) AS j (id)`);
}
