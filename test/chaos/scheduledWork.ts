import {
  DEFAULT_POLICIES,
  scheduleOf,
  type JobDefinition,
  type MisfirePolicy,
  type OverlapPolicy,
  type Trigger,
} from '@tapekeeper/core';
import { nextMomentOf } from '../../packages/server/src/app/schedule/nextMoment.ts';
import type { Installation } from '../../packages/server/src/main.ts';
import { sql, type Queries } from '../../packages/server/src/store/connection.ts';

/** Jobs that fire by themselves while a collection goes on and is killed. */
export interface ScheduledWork {
  /** Ends the firing; open runs go on to their ends. Resolves when nothing of the jobs is open any more. */
  end(): Promise<void>;
  /** What does not fit: moments without a fire or with two, fires without a run or with two, lost followers. */
  faults(): Promise<readonly string[]>;
  /** How many fires there were, and runs of nodes and followers. */
  counts(): Promise<{ readonly fires: number; readonly moments: number; readonly runs: number }>;
}

interface Planted {
  readonly id: number;
  readonly key: string;
  readonly everyMs: number;
  /** First moment after the job was made. */
  readonly first: number;
  /** How a run that was fired may end. */
  readonly ends: readonly string[];
}

const LOOK_EVERY_MS = 100;

/**
 * Plants interval jobs of every misfire and overlap policy, one that follows another, and a workflow. What
 * they must leave behind is plain arithmetic over their intervals.
 */
export async function plantScheduledWork({ deps, db }: Installation): Promise<ScheduledWork> {
  const { store, clock } = deps;
  const next = await nextMomentOf(deps);
  const planted: Planted[] = [];
  const anchor = Math.floor((await store.now()) / 1000) * 1000;

  const interval = async (
    key: string,
    seconds: number,
    definition: Partial<JobDefinition>,
    policies: { readonly misfire?: MisfirePolicy; readonly overlap?: OverlapPolicy } = {},
  ): Promise<number> => {
    const schedule = {
      ...scheduleOf({ kind: 'interval', everySeconds: seconds, anchor }),
      ...policies,
    };
    const job = await store.createJob(
      {
        key,
        definition: { ...example(key), ...definition, schedule } as JobDefinition,
        state: 'enabled',
        author: 'chaos',
      },
      next,
    );
    if (job.next === null) throw new Error(`the job ${key} is never due`);
    const ends = policies.overlap === 'replace' ? ['success', 'cancelled'] : ['success'];
    planted.push({ id: job.id, key, everyMs: seconds * 1000, first: job.next.scheduledFor, ends });
    return job.id;
  };
  const kept = async (key: string, trigger: Trigger): Promise<number> =>
    (
      await store.createJob(
        {
          key,
          definition: { ...example(key), schedule: scheduleOf(trigger) },
          state: 'enabled',
          author: 'chaos',
        },
        next,
      )
    ).id;

  const upstream = await interval('each-3s', 3, {});
  await interval('each-2s-queued', 2, {}, { overlap: 'queue', misfire: 'run_all' });
  await interval('each-5s-no-misfires', 5, {}, { misfire: 'skip' });
  await interval('each-7s-replacing', 7, {}, { overlap: 'replace' });
  const follower = await kept('after-each-3s', { kind: 'after', jobId: upstream });
  const nodes = [await kept('node-a', { kind: 'manual' }), await kept('node-b', { kind: 'manual' })];
  const workflow = await interval('each-11s-workflow', 11, {
    type: 'workflow',
    params: {
      mode: 'parallel',
      onFailure: 'continue',
      mostAtATime: 2,
      nodes: [
        { node: 'a', jobId: nodes[0]!, dependsOn: [], condition: 'success' },
        { node: 'b', jobId: nodes[1]!, dependsOn: ['a'], condition: 'done' },
      ],
    },
  });

  return {
    async end() {
      for (const { id } of planted) await store.setJobState(id, 'paused', 'chaos', next);
      await waitUntilNothingIsOpen(db, () => clock.sleep(LOOK_EVERY_MS));
    },
    async faults() {
      const found: string[] = [];
      for (const job of planted) found.push(...(await faultsOfFires(db, job)));
      found.push(
        ...(await faultsOfFollowers(db, upstream, follower)),
        ...(await faultsOfNodes(db, workflow)),
      );
      return found;
    },
    async counts() {
      return db.one(sql`
        SELECT (SELECT count(*) FROM tapekeeper.fire)::int AS fires,
          (SELECT coalesce(sum(due_count), 0) FROM tapekeeper.fire)::int AS moments,
          (SELECT count(*) FROM tapekeeper.run WHERE job_id IS NOT NULL)::int AS runs`);
    },
  };
}

function example(name: string): JobDefinition {
  return {
    type: 'example',
    params: { durationSeconds: 0.2, successRate: 1, steps: 3 },
    name,
    description: '',
    tags: [],
    schedule: scheduleOf({ kind: 'manual' }),
    policies: { ...DEFAULT_POLICIES, retrySeconds: 1, maxAttempts: 100 },
  };
}

async function waitUntilNothingIsOpen(db: Queries, pause: () => Promise<void>): Promise<void> {
  for (;;) {
    const { open } = await db.one<{ open: number }>(sql`
      SELECT (SELECT count(*) FROM tapekeeper.run WHERE job_id IS NOT NULL AND state IN ('pending', 'running', 'paused'))::int
        + (SELECT count(*) FROM tapekeeper.after_due)::int AS open`);
    if (open === 0) return;
    await pause();
  }
}

/** Each moment of the interval lies in exactly one fire, and each fire has exactly one run. */
async function faultsOfFires(
  db: Queries,
  { id, key, everyMs, first, ends }: Planted,
): Promise<readonly string[]> {
  const fires = await db.rows<{
    from: number;
    until: number;
    count: number;
    decision: string;
    runs: number;
    states: readonly string[];
  }>(sql`
    SELECT (extract(epoch FROM f.scheduled_for) * 1000)::bigint AS "from", (extract(epoch FROM f.until) * 1000)::bigint AS until,
      f.due_count AS count, f.decision, count(r.id)::int AS runs,
      coalesce(array_agg(r.state) FILTER (WHERE r.id IS NOT NULL), '{}') AS states
    FROM tapekeeper.fire f LEFT JOIN tapekeeper.run r ON r.fire_id = f.id
    WHERE f.job_id = ${id} GROUP BY f.id ORDER BY f.scheduled_for`);
  const found: string[] = [];
  let expected = first;
  for (const fire of fires) {
    const place = `${key}: the fire of ${new Date(fire.from).toISOString()}`;
    if (fire.from !== expected) found.push(`${place} was expected for ${new Date(expected).toISOString()}`);
    if (fire.count !== (fire.until - fire.from) / everyMs + 1)
      found.push(`${place} counts ${fire.count} moments`);
    if (fire.runs !== 1) found.push(`${place} has ${fire.runs} runs`);
    const isStillborn = fire.states.every((state) => state === 'skipped' || state === 'missed');
    if (!isStillborn && !fire.states.every((state) => ends.includes(state)))
      found.push(`${place} has a run that ended ${fire.states.join()}`);
    if (isStillborn !== (fire.decision !== 'ran'))
      found.push(`${place} was ${fire.decision}, its run ${fire.states.join()}`);
    expected = fire.until + everyMs;
  }
  const { due } = await db.one<{ due: number }>(sql`
    SELECT (extract(epoch FROM max(at)) * 1000)::float8 AS due FROM tapekeeper.job_change WHERE job_id = ${id} AND action = 'paused'`);
  // what fell due just before the pause may have been left to nobody, but no more than the scheduler was away
  if (fires.length === 0) found.push(`${key} never fired`);
  else if (expected + LONGEST_AWAY_MS < due)
    found.push(`${key}: nothing was decided after ${new Date(expected).toISOString()}`);
  return found;
}

/** A killed process is back, and has decided about everything due, within this. */
const LONGEST_AWAY_MS = 60_000;

async function faultsOfFollowers(
  db: Queries,
  upstream: number,
  follower: number,
): Promise<readonly string[]> {
  const wrong = await db.rows<{ id: number; fires: number }>(sql`
    SELECT r.id, count(f.id)::int AS fires FROM tapekeeper.run r
    LEFT JOIN tapekeeper.fire f ON f.job_id = ${follower} AND f.upstream_run_id = r.id
    WHERE r.job_id = ${upstream} AND r.state IN ('success', 'success_with_errors')
    GROUP BY r.id HAVING count(f.id) <> 1`);
  const bad = await db.rows<{ id: number; state: string }>(sql`
    SELECT id, state FROM tapekeeper.run WHERE job_id = ${follower} AND state NOT IN ('success', 'skipped')`);
  return [
    ...wrong.map(({ id, fires }) => `run ${id} ended well and was followed by ${fires} fires`),
    ...bad.map(({ id, state }) => `run ${id} of the follower ended ${state}`),
  ];
}

async function faultsOfNodes(db: Queries, workflow: number): Promise<readonly string[]> {
  const wrong = await db.rows<{ id: number; state: string; nodes: readonly string[] }>(sql`
    SELECT r.id, r.state, coalesce(array_agg(c.node || ' ' || c.state ORDER BY c.node) FILTER (WHERE c.id IS NOT NULL), '{}') AS nodes
    FROM tapekeeper.run r LEFT JOIN tapekeeper.run c ON c.parent_run_id = r.id
    WHERE r.job_id = ${workflow} AND r.state NOT IN ('skipped', 'missed') GROUP BY r.id
    HAVING r.state <> 'success' OR array_agg(c.node || ' ' || c.state ORDER BY c.node) <> ARRAY['a success', 'b success']`);
  return wrong.map(({ id, state, nodes }) => `workflow run ${id} ended ${state} with ${nodes.join(', ')}`);
}
