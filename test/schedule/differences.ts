import type { FireDecision, RunState } from '@tapekeeper/core';
import type { JobId } from '../../packages/server/src/ports/jobStore.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import type { Model, ModelFire } from './model.ts';

interface FoundFire {
  readonly from: number;
  readonly until: number;
  readonly count: number;
  readonly decision: FireDecision;
  readonly reason: string;
  readonly blocker: { readonly runIds: readonly number[] } | null;
  readonly runs: readonly { readonly id: number; readonly state: RunState; readonly cause: string }[];
}

/** Where the fires and runs of a job differ from the model, one to one, in words. */
export async function differencesOf(
  db: Database,
  { id, model }: { readonly id: JobId; readonly model: Model },
): Promise<readonly string[]> {
  const found = await db.rows<FoundFire>(sql`
    SELECT f.scheduled_for AS "from", f.until, f.due_count AS count, f.decision, f.reason, f.blocker, coalesce((
      SELECT json_agg(json_build_object('id', r.id, 'state', r.state, 'cause', r.cause) ORDER BY r.id)
      FROM tapekeeper.run r WHERE r.fire_id = f.id), '[]') AS runs
    FROM tapekeeper.fire f WHERE f.job_id = ${id} ORDER BY f.scheduled_for`);
  const wanted = new Map(model.fires.map((fire) => [fire.from, fire]));
  const runIds = found.filter(({ decision }) => decision === 'ran').map(({ runs }) => runs[0]?.id);
  const strays = await db.rows(sql`SELECT id FROM tapekeeper.run WHERE job_id = ${id} AND fire_id IS NULL`);
  return [
    ...model.fires
      .filter(({ from }) => !found.some((fire) => fire.from === from))
      .map((fire) => `missing: ${textOf(fire)}`),
    ...found.flatMap((fire) => {
      const expected = wanted.get(fire.from);
      if (expected === undefined) return [`too much: ${textOf(fire)}`];
      return [
        ...(textOf(fire) === textOf(expected) ? [] : [`${textOf(fire)} instead of ${textOf(expected)}`]),
        ...runFaults(fire),
        ...blockerFaults(fire, expected, runIds),
      ];
    }),
    ...(strays.length === 0 ? [] : [`${strays.length} runs without a fire`]),
  ];
}

function textOf(fire: Pick<ModelFire, 'from' | 'until' | 'count' | 'decision'> & { reason: string }): string {
  const span = [fire.from, fire.until].map((at) => new Date(at).toISOString()).join(' to ');
  return `${span} (${fire.count}) ${fire.decision} ${fire.reason}`;
}

function runFaults({ decision, runs, from }: FoundFire): readonly string[] {
  const [run, ...others] = runs;
  const at = new Date(from).toISOString();
  if (run === undefined || others.length > 0) return [`${at} has ${runs.length} runs`];
  const isOver = run.state === 'missed' || run.state === 'skipped';
  if (decision === 'ran' ? isOver : run.state !== decision)
    return [`${at} ${decision}, but its run ${run.state}`];
  return run.cause === 'fire' ? [] : [`the run of ${at} was made by ${run.cause}`];
}

function blockerFaults(
  fire: FoundFire,
  { blockers }: ModelFire,
  runIds: readonly (number | undefined)[],
): readonly string[] {
  const wanted = blockers.map((no) => runIds[no]).join();
  const named = (fire.blocker?.runIds ?? []).join();
  return wanted === named ? [] : [`${textOf(fire)} names runs ${named} instead of ${wanted}`];
}
