import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideFires } from './decideFires.ts';
import { MOST_WAITING } from './decideOverlap.ts';
import type { DueJob, Fire, FirePlan } from './fire.ts';
import {
  MISFIRE_POLICIES,
  OVERLAP_POLICIES,
  scheduleOf,
  type Moment,
  type Occurrences,
  type Schedule,
} from './trigger.ts';

const MINUTE = 60_000;
const LIMITS = { moments: 12, catchUp: 3 };

/** Moments a minute apart, from the first minute on; as many as wished, else without end. */
function everyMinute(lastMinute = Infinity): Occurrences {
  return {
    next(after) {
      const minute = Math.max(1, Math.floor(after / MINUTE) + 1);
      return minute > lastMinute ? undefined : { scheduledFor: minute * MINUTE, dueAt: minute * MINUTE };
    },
  };
}

function jobOf(schedule: Partial<Schedule> = {}, rest: Partial<DueJob> = {}): DueJob {
  return {
    jobId: 1,
    key: 'job',
    schedule: { ...scheduleOf({ kind: 'interval', everySeconds: 60, anchor: 0 }), ...schedule },
    next: { scheduledFor: MINUTE, dueAt: MINUTE },
    decidedUntil: null,
    openRuns: [],
    mostRuns: 1,
    fullGroup: null,
    ...rest,
  };
}

/** Fires in short: `1-3 ran caught_up`, in minutes. */
function short({ fires }: FirePlan): readonly string[] {
  return fires.map(
    ({ scheduledFor, until, decision, reason }) =>
      `${scheduledFor / MINUTE}-${until / MINUTE} ${decision} ${reason}`,
  );
}

/** The job after a plan that did not come to the end. */
function following(job: DueJob, { next }: FirePlan): DueJob {
  if (next === null) throw new Error('the plan came to the end');
  return { ...job, next };
}

const decide = (job: DueJob, minute: number, lastMinute?: number): FirePlan =>
  decideFires(job, everyMinute(lastMinute), minute * MINUTE, LIMITS);

describe('a plan of fires', () => {
  it('runs for a moment that is due, and waits for the next one', () => {
    expect(decide(jobOf(), 1)).toEqual({
      fires: [
        {
          scheduledFor: MINUTE,
          until: MINUTE,
          dueCount: 1,
          decision: 'ran',
          reason: 'on_time',
          blocker: null,
          waitsForTurn: false,
          replaces: [],
        },
      ],
      next: { scheduledFor: 2 * MINUTE, dueAt: 2 * MINUTE },
    });
  });

  it('is empty before the moment is due', () => {
    expect(decide(jobOf(), 0.5)).toEqual({ fires: [], next: { scheduledFor: MINUTE, dueAt: MINUTE } });
  });

  it('ends with the last moment of a trigger', () => {
    expect(decide(jobOf(), 9, 1)).toMatchObject({ fires: [{ reason: 'on_time' }], next: null });
  });

  it('goes by when a moment is due, not by what it is called', () => {
    const late = { scheduledFor: MINUTE, dueAt: MINUTE + 30_000 };
    expect(decideFires(jobOf({}, { next: late }), everyMinute(), 1.4 * MINUTE).fires).toEqual([]);
    expect(decideFires(jobOf({}, { next: late }), everyMinute(), 1.5 * MINUTE).fires).toHaveLength(1);
  });

  it('passes over moments that were decided about when the clock was ahead', () => {
    const job = jobOf({}, { decidedUntil: 3 * MINUTE });
    expect(decide(job, 3)).toMatchObject({ fires: [], next: { scheduledFor: 4 * MINUTE } });
    expect(short(decide(job, 5))).toEqual(['4-5 ran caught_up']);
  });

  describe('under run_once', () => {
    it('runs once for a whole stretch', () => {
      expect(short(decide(jobOf(), 5))).toEqual(['1-5 ran caught_up']);
    });

    it('runs even for a moment that is beyond its grace', () => {
      expect(short(decide(jobOf({ graceSeconds: 10 }), 1.5))).toEqual(['1-1 ran caught_up']);
      expect(short(decide(jobOf({ graceSeconds: 40 }), 1.5))).toEqual(['1-1 ran on_time']);
    });

    it('runs once for more moments than one plan counts', () => {
      const first = decide(jobOf(), 30);
      const second = decide(following(jobOf(), first), 30);
      const third = decide(following(jobOf(), second), 30);
      expect([first, second, third].flatMap(short)).toEqual([
        '1-9 missed catch_up_limit',
        '10-18 missed catch_up_limit',
        '19-30 ran caught_up',
      ]);
    });
  });

  describe('under skip', () => {
    it('misses what is too late, and runs for the moment that no other has followed yet', () => {
      expect(short(decide(jobOf({ misfire: 'skip' }), 5))).toEqual([
        '1-4 missed too_late',
        '5-5 ran on_time',
      ]);
    });

    it('runs once for the moments within a grace', () => {
      const job = jobOf({ misfire: 'skip', graceSeconds: 150 });
      expect(short(decide(job, 5.5))).toEqual(['1-2 missed too_late', '3-5 ran caught_up']);
    });

    it('runs for nothing when the last moment is too late as well', () => {
      const job = jobOf({ misfire: 'skip', graceSeconds: 20 });
      expect(short(decide(job, 5.5))).toEqual(['1-5 missed too_late']);
    });
  });

  describe('under run_all', () => {
    it('makes up for the newest moments one after the other', () => {
      const plan = decide(jobOf({ misfire: 'run_all' }), 5);
      expect(short(plan)).toEqual([
        '1-2 missed catch_up_limit',
        '3-3 ran caught_up',
        '4-4 ran queued',
        '5-5 ran queued',
      ]);
      expect(plan.fires.map(({ waitsForTurn }) => waitsForTurn)).toEqual([false, false, true, true]);
    });

    it('begins as many at once as the job may have runs', () => {
      const plan = decide(jobOf({ misfire: 'run_all' }, { mostRuns: 2 }), 3);
      expect(short(plan)).toEqual(['1-1 ran caught_up', '2-2 ran caught_up', '3-3 ran queued']);
    });

    it('skips together what no more runs may wait for', () => {
      const openRuns = Array.from({ length: MOST_WAITING }, (_, place) => place + 1);
      const plan = decide(jobOf({ misfire: 'run_all' }, { openRuns }), 3);
      expect(short(plan)).toEqual(['1-1 ran queued', '2-3 skipped job_busy']);
      expect(plan.fires[1]).toMatchObject({ dueCount: 2, blocker: { runIds: openRuns.slice(0, 20) } });
    });

    it('treats a single moment as any other', () => {
      const job = jobOf({ misfire: 'run_all' }, { openRuns: [7] });
      expect(short(decide(job, 1))).toEqual(['1-1 skipped job_busy']);
    });

    it('makes up for the newest of more moments than one plan counts', () => {
      const job = jobOf({ misfire: 'run_all' });
      const first = decide(job, 14);
      const second = decide(following(job, first), 14);
      expect([first, second].flatMap(short)).toEqual([
        '1-9 missed catch_up_limit',
        '10-11 missed catch_up_limit',
        '12-12 ran caught_up',
        '13-13 ran queued',
        '14-14 ran queued',
      ]);
    });
  });

  it.each([
    ['skip', '1-1 skipped job_busy'],
    ['reject', '1-1 skipped job_busy'],
    ['queue', '1-1 ran queued'],
    ['replace', '1-1 ran replaced'],
  ] as const)('of a busy job under %s: %s', (overlap, expected) => {
    const plan = decide(jobOf({ overlap }, { openRuns: [7] }), 1);
    expect(short(plan)).toEqual([expected]);
    expect(plan.fires[0]).toMatchObject({
      replaces: overlap === 'replace' ? [7] : [],
      blocker: expected.includes('skipped') ? { runIds: [7], group: null } : null,
    });
  });
});

/** What should become of each due moment, worked out moment by moment. */
interface Verdict {
  readonly at: number;
  readonly says: 'missed' | 'run together' | 'run alone';
  readonly reason: string;
}

function slowVerdicts(schedule: Schedule, due: readonly Moment[], now: number): readonly Verdict[] {
  const isLate = (place: number): boolean => {
    const { dueAt } = due[place] as Moment;
    const follower = due[place + 1];
    return schedule.graceSeconds === null
      ? follower !== undefined
      : dueAt + schedule.graceSeconds * 1000 < now;
  };
  return due.map(({ scheduledFor: at }, place) => {
    if (schedule.misfire === 'run_once') return { at, says: 'run together', reason: '' };
    if (schedule.misfire === 'skip') {
      return isLate(place)
        ? { at, says: 'missed', reason: 'too_late' }
        : { at, says: 'run together', reason: '' };
    }
    return due.length - place > LIMITS.catchUp
      ? { at, says: 'missed', reason: 'catch_up_limit' }
      : { at, says: 'run alone', reason: isLate(place) ? 'caught_up' : 'on_time' };
  });
}

describe('plans, whatever is due', () => {
  const anyCase = fc.record({
    gaps: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 40 }),
    lag: fc.nat({ max: 60 }),
    now: fc.nat({ max: 6000 }),
    misfire: fc.constantFrom(...MISFIRE_POLICIES),
    overlap: fc.constantFrom(...OVERLAP_POLICIES),
    graceSeconds: fc.option(fc.nat({ max: 400 })),
    open: fc.nat({ max: 3 }),
    mostRuns: fc.integer({ min: 1, max: 3 }),
    isFull: fc.boolean(),
  });
  type Case = typeof anyCase extends fc.Arbitrary<infer T> ? T : never;

  function setUp(one: Case): { job: DueJob; all: readonly Moment[]; occurrences: Occurrences; now: number } {
    let at = 0;
    const all = one.gaps.map((gap) => {
      at += gap * 1000;
      return { scheduledFor: at, dueAt: at + one.lag * 1000 };
    });
    const openRuns = Array.from({ length: one.open }, (_, place) => 100 + place);
    const job = jobOf(
      { misfire: one.misfire, overlap: one.overlap, graceSeconds: one.graceSeconds },
      {
        next: all[0] as Moment,
        openRuns,
        mostRuns: one.mostRuns,
        fullGroup: one.isFull ? { group: 'g', runIds: [5] } : null,
      },
    );
    const occurrences = { next: (after: number) => all.find(({ scheduledFor }) => scheduledFor > after) };
    return { job, all, occurrences, now: one.now * 1000 };
  }

  /** All plans of a job at one instant, as turns of a scheduler make them. */
  function decideAll({ job, occurrences, now }: ReturnType<typeof setUp>): readonly Fire[] {
    const fires: Fire[] = [];
    let next: Moment | null = job.next;
    for (let turn = 0; next !== null && next.dueAt <= now; turn++) {
      if (turn > 40) throw new Error('the plans come to no end');
      const plan: FirePlan = decideFires({ ...job, next }, occurrences, now, LIMITS);
      fires.push(...plan.fires);
      next = plan.next;
    }
    return fires;
  }

  it('put every due moment into exactly one fire, in order, and look ahead from there', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const stand = setUp(one);
        const due = stand.all.filter(({ dueAt }) => dueAt <= stand.now).map((moment) => moment.scheduledFor);
        const within = decideAll(stand).map(({ scheduledFor, until, dueCount }) => {
          const moments = due.filter((at) => at >= scheduledFor && at <= until);
          expect([moments[0], moments.at(-1), moments.length]).toEqual([scheduledFor, until, dueCount]);
          return moments;
        });
        expect(within.flat()).toEqual(due);
      }),
      { numRuns: 1000 },
    );
  });

  it('run as the policies say of each moment by itself', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const stand = setUp(one);
        const due = stand.all.filter(({ dueAt }) => dueAt <= stand.now);
        fc.pre(due.length <= LIMITS.moments);
        const verdicts = slowVerdicts(stand.job.schedule, due, stand.now);
        const fires = decideAll(stand);
        let busy = one.open;
        for (const fire of fires) {
          const of = verdicts.filter(({ at }) => at >= fire.scheduledFor && at <= fire.until);
          const [first] = of;
          expect(new Set(of.map(({ says }) => says)).size).toBe(1);
          if (first?.says === 'missed') {
            expect(fire).toMatchObject({ decision: 'missed', reason: first.reason, waitsForTurn: false });
            continue;
          }
          const isHindered = busy >= one.mostRuns || one.isFull;
          const queues = one.overlap === 'queue' || (one.misfire === 'run_all' && due.length > 1);
          if (!isHindered) {
            expect(fire).toMatchObject({ decision: 'ran', waitsForTurn: false, blocker: null });
            if (first?.reason !== '') expect(fire.reason).toBe(first?.reason);
          } else if (queues) {
            expect(fire).toMatchObject({ decision: 'ran', reason: 'queued', waitsForTurn: true });
          } else if (one.overlap === 'replace') {
            expect(fire).toMatchObject({ decision: 'ran', waitsForTurn: true, replaces: stand.job.openRuns });
          } else {
            expect(fire).toMatchObject({ decision: 'skipped', replaces: [] });
            expect(fire.blocker).not.toBeNull();
          }
          if (fire.decision === 'ran') busy += 1;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('never run more often than the misfire policy allows', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const ran = decideAll(setUp(one)).filter(({ decision }) => decision === 'ran').length;
        expect(ran).toBeLessThanOrEqual(one.misfire === 'run_all' ? LIMITS.catchUp : 1);
      }),
      { numRuns: 1000 },
    );
  });
});
