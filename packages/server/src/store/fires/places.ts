import type { OpenWork } from '@tapekeeper/core';
import type { JobId } from '../../ports/jobStore.ts';
import type { RunId } from '../../ports/runStore.ts';
import { sql, type Transaction } from '../connection.ts';

interface GroupPlaces {
  readonly most: number;
  readonly openRuns: RunId[];
}

/** A job whose row is locked, as far as its places go. */
export interface PlacedJob {
  readonly id: JobId;
  readonly mostRuns: number;
  readonly group: string | null;
}

/**
 * What is open of some jobs and of their groups. The rows of the jobs are locked by the caller, those of
 * the groups are locked here, in the order of their names, so that two that decide never wait in a circle.
 */
export async function readPlaces(tx: Transaction, jobs: readonly PlacedJob[]): Promise<Places> {
  const names = [...new Set(jobs.flatMap(({ group }) => group ?? []))].toSorted();
  const groups = names.length === 0 ? new Map<string, GroupPlaces>() : await lockGroups(tx, names);
  const open = await tx.rows<{ jobId: JobId; ids: RunId[] }>(sql`
    SELECT job_id AS "jobId", array_agg(id ORDER BY id) AS ids FROM tapekeeper.run
    WHERE job_id = ANY(${jobs.map(({ id }) => id)}::bigint[]) AND state IN ('pending', 'running', 'paused')
    GROUP BY job_id`);
  return new Places(new Map(open.map(({ jobId, ids }) => [jobId, ids])), groups);
}

async function lockGroups(tx: Transaction, names: readonly string[]): Promise<Map<string, GroupPlaces>> {
  const lock = () =>
    tx.rows<{ name: string; most: number }>(sql`
      SELECT name, most FROM tapekeeper.concurrency_group WHERE name = ANY(${names}::text[])
      ORDER BY name FOR NO KEY UPDATE`);
  let locked = await lock();
  if (locked.length < names.length) {
    await tx.rows(sql`
      INSERT INTO tapekeeper.concurrency_group (name) SELECT unnest(${names}::text[]) ORDER BY 1 ON CONFLICT DO NOTHING`);
    locked = await lock();
  }
  const open = await tx.rows<{ name: string; ids: RunId[] }>(sql`
    SELECT concurrency_group AS name, array_agg(id ORDER BY id) AS ids FROM tapekeeper.run
    WHERE concurrency_group = ANY(${names}::text[]) AND state IN ('pending', 'running', 'paused')
    GROUP BY concurrency_group`);
  const ids = new Map(open.map((row) => [row.name, row.ids]));
  return new Map(locked.map(({ name, most }) => [name, { most, openRuns: ids.get(name) ?? [] }]));
}

/** Open runs by job and group, kept up to date while a transaction adds and ends some. */
export class Places {
  readonly #jobs: Map<JobId, RunId[]>;
  readonly #groups: ReadonlyMap<string, GroupPlaces>;

  constructor(jobs: Map<JobId, RunId[]>, groups: ReadonlyMap<string, GroupPlaces>) {
    this.#jobs = jobs;
    this.#groups = groups;
  }

  of({ id, mostRuns, group }: PlacedJob): OpenWork {
    const openRuns = this.#jobs.get(id) ?? [];
    if (group === null || this.freeIn(group) > 0) return { openRuns, mostRuns, fullGroup: null };
    const runIds = [...(this.#groups.get(group)?.openRuns ?? [])];
    return { openRuns, mostRuns, fullGroup: { group, runIds } };
  }

  /** Runs that the group has room for. A run that waits counts: nobody overtakes it. */
  freeIn(group: string): number {
    const places = this.#groups.get(group);
    return places === undefined ? 0 : places.most - places.openRuns.length;
  }

  add({ id, group }: PlacedJob, runId: RunId): void {
    this.#jobs.set(id, [...(this.#jobs.get(id) ?? []), runId]);
    if (group !== null) this.#groups.get(group)?.openRuns.push(runId);
  }

  remove({ id, group }: PlacedJob, runId: RunId): void {
    this.#jobs.set(
      id,
      (this.#jobs.get(id) ?? []).filter((open) => open !== runId),
    );
    const inGroup = group === null ? undefined : this.#groups.get(group)?.openRuns;
    const at = inGroup?.indexOf(runId) ?? -1;
    if (at >= 0) inGroup?.splice(at, 1);
  }
}
