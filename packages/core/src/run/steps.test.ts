import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currentStep, overallProgress } from './progress.ts';
import { nodeSteps, syncSteps, type StageChild, type StageFacts, type StageShard } from './steps.ts';

const shard = (no: number, rest: Partial<StageShard> = {}): StageShard => ({
  no,
  kind: 'plan',
  source: null,
  open: true,
  held: false,
  waits: false,
  itemsTotal: 0,
  itemsOver: 0,
  symbolsTotal: 0,
  symbolsDone: 0,
  updatedAt: 1000,
  ...rest,
});

const fetchShard = (no: number, over: number, total: number, rest: Partial<StageShard> = {}): StageShard =>
  shard(no, {
    kind: 'fetch',
    source: 'tushare',
    itemsTotal: total,
    itemsOver: over,
    symbolsTotal: total,
    symbolsDone: over,
    open: over < total,
    ...rest,
  });

const child = (dataset: string, state: StageChild['state']): StageChild => ({
  runId: 9,
  dataset,
  node: null,
  state,
  startedAt: 10,
  finishedAt: state === 'success' ? 20 : null,
});

const facts = (rest: Partial<StageFacts> = {}): StageFacts => ({
  state: 'running',
  startedAt: 0,
  finishedAt: null,
  estimatedMs: null,
  shards: [shard(0, { held: true })],
  children: [],
  ...rest,
});

const namesOf = (one: StageFacts) => syncSteps(one).map(({ name, state }) => `${name} ${state}`);

describe('the steps of a sync', () => {
  it('begin with a plan that a worker is making', () => {
    expect(namesOf(facts())).toEqual(['plan running', 'finish pending']);
    expect(overallProgress(syncSteps(facts()))).toBe(0);
  });

  it('name the calendar and the lists that it waits for', () => {
    const waiting = facts({
      state: 'pending',
      shards: [shard(0, { waits: true })],
      children: [child('trade_calendar', 'success'), child('stock_basics', 'running')],
    });
    expect(namesOf(waiting)).toEqual(['calendar done', 'list running', 'plan pending', 'finish pending']);
    expect(currentStep(syncSteps(waiting))?.name).toBe('list');
  });

  it('count a round of calls by symbols, with its sources and the time that the plan has reckoned', () => {
    const steps = syncSteps(
      facts({
        estimatedMs: 60_000,
        shards: [
          shard(0, { open: false }),
          fetchShard(1, 30, 60),
          fetchShard(2, 0, 60, { held: true, source: 'baostock' }),
        ],
      }),
    );
    expect(steps[1]).toMatchObject({
      name: 'fetch',
      state: 'running',
      done: 30,
      total: 120,
      estimatedMs: 60_000,
      detail: 'tushare, baostock',
      startedAt: 1000,
    });
    expect(currentStep(steps)?.name).toBe('fetch');
  });

  it('have one step for each round, and none for a round that has yet to be wanted', () => {
    const first = [shard(0, { open: false }), fetchShard(1, 5, 5)];
    const run = (next: StageShard[]) => namesOf(facts({ estimatedMs: 1, shards: [...first, ...next] }));
    expect(run([shard(2, { waits: true })])).toEqual(['plan done', 'fetch done', 'finish pending']);
    expect(run([shard(2, { held: true })])).toEqual([
      'plan done',
      'fetch done',
      'fetch running',
      'finish pending',
    ]);
    expect(run([shard(2, { open: false }), fetchShard(3, 0, 2)])).toContain('fetch pending');
    expect(run([shard(2, { open: false })])).toEqual(['plan done', 'fetch done', 'finish pending']);
  });

  it('end with the run, whatever it came to', () => {
    const shards = [shard(0, { open: false }), fetchShard(1, 2, 4, { open: false })];
    const ended = (state: StageFacts['state']) =>
      namesOf(facts({ state, estimatedMs: 1, finishedAt: 5, shards }));
    expect(ended('failed')).toEqual(['plan done', 'fetch failed', 'finish failed']);
    expect(ended('cancelled')).toEqual(['plan done', 'fetch cancelled', 'finish cancelled']);
    expect(ended('success_with_errors')).toEqual(['plan done', 'fetch done', 'finish done']);
    expect(overallProgress(syncSteps(facts({ state: 'success', shards: [shard(0, { open: false })] })))).toBe(
      1,
    );
  });
});

describe('the progress of a sync', () => {
  it('never goes back, whatever comes next, and never leaps from nothing to all', () => {
    fc.assert(
      fc.property(lifeOfARun(), (life) => {
        let last = 0;
        for (const one of life) {
          const now = overallProgress(syncSteps(one));
          expect(now).toBeGreaterThanOrEqual(last - 1e-9);
          expect(now).toBeLessThanOrEqual(1);
          if (one.state === 'running' || one.state === 'pending') expect(now).toBeLessThan(1);
          last = now;
        }
      }),
    );
  });
});

/** The states through which a run goes: lists, a plan, rounds of calls, some of which lose their source. */
function lifeOfARun(): fc.Arbitrary<readonly StageFacts[]> {
  const round = fc.record({
    shards: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 0, maxLength: 3 }),
    dropsAfter: fc.option(fc.integer({ min: 0, max: 10 }), { nil: null }),
    foreseen: fc.boolean(),
  });
  return fc
    .record({
      children: fc.integer({ min: 0, max: 2 }),
      planMs: fc.integer({ min: 0, max: 100_000 }),
      estimatedMs: fc.integer({ min: 0, max: 100_000 }),
      rounds: fc.array(round, { minLength: 1, maxLength: 4 }),
      end: fc.constantFrom('success', 'failed', 'cancelled', 'success_with_errors'),
    })
    .map(({ children, planMs, estimatedMs, rounds, end }) => {
      const life: StageFacts[] = [];
      let now = facts();
      const step = (rest: Partial<StageFacts>): void => void life.push((now = { ...now, ...rest }));
      step({});
      for (let done = 0; children > 0 && done <= children; done++) {
        step({
          children: Array.from({ length: children }, (_, at) =>
            child(at === 0 ? 'trade_calendar' : 'stock_basics', at < done ? 'success' : 'running'),
          ),
        });
      }
      for (const [at, { shards: sizes, dropsAfter, foreseen }] of rounds.entries()) {
        const planNo = now.shards.length - 1;
        const planned = now.shards.map((one) =>
          one.no === planNo ? { ...one, open: false, waits: false, held: false, updatedAt: planMs } : one,
        );
        const fetches = sizes.map((size, place) => fetchShard(planNo + 1 + place, 0, size));
        const nextNo = planNo + 1 + fetches.length;
        const isForeseen = foreseen && at < rounds.length - 1;
        step({
          estimatedMs: now.estimatedMs ?? estimatedMs,
          shards: [...planned, ...fetches, ...(isForeseen ? [shard(nextNo, { waits: true })] : [])],
        });
        let calls = 0;
        let dropped = false;
        for (const fetch of fetches) {
          for (let over = 1; over <= fetch.itemsTotal && !dropped; over++) {
            const shards = now.shards.map((one) =>
              one.no === fetch.no
                ? { ...one, itemsOver: over, symbolsDone: over, open: over < one.itemsTotal }
                : one,
            );
            step({ shards });
            dropped = dropsAfter !== null && ++calls > dropsAfter && at < rounds.length - 1;
          }
        }
        const isLast = at === rounds.length - 1;
        if (isLast) break;
        const closed = now.shards.map((one) => ({ ...one, open: false, itemsTotal: one.itemsOver }));
        const hasNext = isForeseen && !dropped;
        const no = now.shards.length;
        step({
          shards: hasNext
            ? now.shards.map((one) => (one.waits ? { ...one, waits: false, held: true } : one))
            : [...closed, shard(no, { held: true })],
        });
      }
      step({ state: end as StageFacts['state'], finishedAt: 1_000_000 });
      return life;
    });
}

describe('the steps of a workflow', () => {
  it('are its nodes, with the runs that they have become', () => {
    const begun: StageChild = { ...child('daily_bars', 'failed'), node: 'bars' };
    expect(nodeSteps(['list', 'bars'], [{ ...begun, node: 'list', state: 'success' }, begun])).toMatchObject([
      { no: 0, name: 'list', state: 'done', detail: 'run 9' },
      { no: 1, name: 'bars', state: 'failed' },
    ]);
    expect(nodeSteps(['list'], [])).toMatchObject([{ state: 'pending', detail: null }]);
  });
});
