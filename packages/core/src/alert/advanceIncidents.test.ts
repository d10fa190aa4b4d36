import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanceIncidents, type AdvanceInput, type NoticeWish } from './advanceIncidents.ts';
import { groupSignals } from './groupSignals.ts';
import { INCIDENT_TIMING, type Incident } from './incident.ts';
import type { Severity } from './notice.ts';
import type { Signal } from './signal.ts';
import type { Silence } from './silence.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

const signal = (cause: string, more: Partial<Signal> = {}): Signal => ({
  key: `test:${cause}`,
  kind: 'consecutive_failures',
  severity: 'warning',
  cause,
  subject: { job: cause },
  since: null,
  values: {},
  needs: [],
  weight: 'opens',
  evidence: null,
  ...more,
});

interface Told extends NoticeWish {
  readonly at: number;
}

/** The life of incidents under a hand-made world, with what was told. */
function live(silences: readonly Silence[] = []) {
  let incidents: readonly Incident[] = [];
  let lastAt = 0;
  let ids = 0;
  const resolved: { cause: string; at: number }[] = [];
  const told: Told[] = [];
  const summaries: (readonly Incident[])[] = [];
  return {
    told,
    summaries,
    incidents: () => incidents,
    kinds: () => told.map(({ kind }) => kind),
    acknowledge: (cause: string): void => {
      incidents = incidents.map((one) =>
        one.cause === cause && one.state === 'open'
          ? { ...one, acknowledged: { at: lastAt, by: 'somebody', note: null } }
          : one,
      );
    },
    look: (minute: number, signals: readonly Signal[]) => {
      const now = minute * MINUTE_MS;
      const { flapMs } = INCIDENT_TIMING;
      const lately = Map.groupBy(
        resolved.filter(({ at }) => at > now - flapMs),
        ({ cause }) => cause,
      );
      const input: AdvanceInput = {
        now,
        live: incidents,
        groups: groupSignals(signals),
        resolvedLately: new Map([...lately].map(([cause, all]) => [cause, all.length])),
        silences,
        sinceLookMs: now - lastAt,
        timing: INCIDENT_TIMING,
      };
      const { incidents: after, notices, summary } = advanceIncidents(input);
      const named = new Map(after.filter(({ id }) => id < 0).map((one) => [one, ++ids]));
      const stored = (one: Incident): Incident => ({ ...one, id: named.get(one) ?? one.id });
      told.push(...notices.map(({ incident, kind }) => ({ incident: stored(incident), kind, at: now })));
      if (summary.length > 0) summaries.push(summary);
      for (const one of after)
        if (one.state === 'resolved' && one.mergedInto === null) resolved.push({ cause: one.cause, at: now });
      incidents = after.filter(({ state }) => state !== 'resolved').map(stored);
      lastAt = now;
      return after;
    },
  };
}

describe('an incident', () => {
  it('is told of once it has been there for five minutes, and once it has been away for ten', () => {
    const life = live();
    for (let minute = 1; minute <= 60; minute++) life.look(minute, minute <= 30 ? [signal('job:a')] : []);
    expect(life.told.map(({ kind, at }) => [kind, at / MINUTE_MS])).toEqual([
      ['opened', 6],
      ['resolved', 41],
    ]);
  });

  it('that passes within minutes is none', () => {
    const life = live();
    for (let minute = 1; minute <= 60; minute++) life.look(minute, minute % 10 < 3 ? [signal('job:a')] : []);
    expect(life.told).toEqual([]);
  });

  it('is called to mind daily, until somebody has acknowledged it', () => {
    const life = live();
    for (let minute = 1; minute <= 5 * DAY_MINUTES; minute += 5) {
      if (minute > 3.5 * DAY_MINUTES) life.acknowledge('job:a');
      life.look(minute, [signal('job:a')]);
    }
    const hours = life.told.map(({ at }) => Math.floor(at / 60 / MINUTE_MS));
    expect(life.kinds()).toEqual(['opened', 'reminder', 'reminder', 'reminder']);
    expect(hours).toEqual([0, 24, 48, 72]);
  });

  it('that is critical is called to mind after one hour, four hours and then daily', () => {
    const life = live();
    for (let minute = 1; minute <= 2.5 * DAY_MINUTES; minute += 5)
      life.look(minute, [signal('disk', { severity: 'critical' })]);
    expect(life.told.map(({ at }) => Math.floor(at / 60 / MINUTE_MS))).toEqual([0, 1, 4, 24, 48]);
  });

  it('that has become worse is told of again, though it was acknowledged', () => {
    const life = live();
    const worse = (severity: Severity) => [signal('disk', { severity })];
    for (let minute = 1; minute <= 10; minute++) life.look(minute, worse('warning'));
    life.acknowledge('disk');
    for (let minute = 11; minute <= 20; minute++) life.look(minute, worse('critical'));
    expect(life.kinds()).toEqual(['opened', 'reminder']);
    expect(life.incidents()).toMatchObject([{ severity: 'critical', acknowledged: null }]);
  });

  it('takes the deeper cause that turns up behind it, without another notice', () => {
    const life = live();
    const failing = signal('job:a', { needs: ['host:x'] });
    for (let minute = 1; minute <= 8; minute++) life.look(minute, [failing]);
    for (let minute = 9; minute <= 20; minute++) life.look(minute, [failing, signal('host:x')]);
    expect(life.kinds()).toEqual(['opened']);
    expect(life.incidents()).toMatchObject([{ cause: 'host:x', state: 'open' }]);
  });

  it('takes in the incidents that turn out to have its cause', () => {
    const life = live();
    const jobs = ['job:a', 'job:b'].map((cause) => signal(cause, { needs: ['host:x'] }));
    for (let minute = 1; minute <= 8; minute++) life.look(minute, jobs);
    expect(life.kinds()).toEqual(['opened', 'opened']);
    for (let minute = 9; minute <= 20; minute++) life.look(minute, [...jobs, signal('host:x')]);
    expect(life.incidents()).toMatchObject([{ cause: 'host:x' }]);
    for (let minute = 21; minute <= 40; minute++) life.look(minute, []);
    expect(life.kinds()).toEqual(['opened', 'opened', 'resolved']);
  });

  it('lasts until what its cause has left behind is in order too', () => {
    const life = live();
    const late = signal('dataset:x', { needs: ['host:x'] });
    for (let minute = 1; minute <= 8; minute++) life.look(minute, [late, signal('host:x')]);
    for (let minute = 9; minute <= 60; minute++) life.look(minute, [late]);
    expect(life.incidents()).toMatchObject([{ cause: 'host:x', state: 'open', awaySince: null }]);
    for (let minute = 61; minute <= 80; minute++) life.look(minute, []);
    expect(life.kinds()).toEqual(['opened', 'resolved']);
  });

  it('that is silenced is kept, and told of when the silence ends before it does', () => {
    const silence = { id: 1, matcher: { job: 'job:a' }, from: 0, until: 30 * MINUTE_MS };
    const life = live([silence]);
    for (let minute = 1; minute <= 20; minute++) life.look(minute, [signal('job:a'), signal('job:b')]);
    expect(life.told.map(({ incident }) => incident.cause)).toEqual(['job:b']);
    expect(life.incidents().map(({ cause, state }) => [cause, state])).toEqual([
      ['job:a', 'open'],
      ['job:b', 'open'],
    ]);
    for (let minute = 21; minute <= 40; minute++) life.look(minute, [signal('job:a'), signal('job:b')]);
    expect(life.told.map(({ incident, kind }) => [incident.cause, kind])).toEqual([
      ['job:b', 'opened'],
      ['job:a', 'opened'],
    ]);
  });

  it('that began and ended under a silence is never told of', () => {
    const life = live([{ id: 1, matcher: { cause: 'job:*' }, from: 0, until: 90 * MINUTE_MS }]);
    for (let minute = 1; minute <= 100; minute++) life.look(minute, minute < 60 ? [signal('job:a')] : []);
    expect(life.told).toEqual([]);
  });

  it('whose reminders fell due while nobody looked gets one word together with the others', () => {
    const life = live();
    const all = ['job:a', 'job:b'].map((cause) => signal(cause));
    for (let minute = 1; minute <= 8; minute++) life.look(minute, all);
    for (let minute = 2000; minute <= 2020; minute++) life.look(minute, all);
    expect(life.kinds()).toEqual(['opened', 'opened']);
    expect(life.summaries.map((summary) => summary.map(({ cause }) => cause))).toEqual([['job:a', 'job:b']]);
  });
});

describe('any course of signals', () => {
  const causes = ['disk', 'host:x', 'job:a', 'job:b', 'dataset:d'] as const;
  const needs: Readonly<Record<string, readonly string[]>> = {
    'job:a': ['disk', 'host:x'],
    'job:b': ['disk'],
    'dataset:d': ['job:a', 'job:b', 'host:x'],
  };
  const presence = fc.record(
    Object.fromEntries(
      causes.map((cause) => [cause, fc.constantFrom(null, 'info', 'warning', 'critical')] as const),
    ),
  );
  const stretch = fc.record({
    signals: presence,
    minutes: fc.integer({ min: 1, max: 90 }),
    pause: fc.integer({ min: 1, max: 10 }),
    acknowledges: fc.option(fc.constantFrom(...causes)),
  });
  const courses = fc.array(stretch, { maxLength: 25 });

  const run = (course: readonly (typeof stretch extends fc.Arbitrary<infer One> ? One : never)[]) => {
    const life = live();
    const states: (readonly Incident[])[] = [];
    let minute = 0;
    for (const { signals, minutes, pause, acknowledges } of course) {
      const present = causes.flatMap((cause) => {
        const severity = (signals as Record<string, Severity | null>)[cause];
        return severity === null || severity === undefined
          ? []
          : [signal(cause, { severity, needs: needs[cause] ?? [] })];
      });
      const until = minute + minutes;
      while (minute < until) {
        minute += pause;
        const before = life.incidents();
        const count = life.told.length;
        states.push(life.look(minute, present));
        for (const { incident, kind } of life.told.slice(count)) {
          const was = before.find(({ id }) => id === incident.id);
          if (kind === 'reminder') {
            expect(was?.state).toBe('open');
            expect(incident.acknowledged).toBeNull();
            expect(incident.awaySince).toBeNull();
          }
        }
      }
      if (acknowledges !== null) life.acknowledge(acknowledges);
    }
    return { life, states };
  };

  it('tells of each incident first that it opened, last that it is over, and each of it once', () => {
    fc.assert(
      fc.property(courses, (course) => {
        const { life } = run(course);
        for (const told of Map.groupBy(life.told, ({ incident }) => incident.id).values()) {
          const kinds = told.map(({ kind }) => kind);
          expect(kinds[0]).toBe('opened');
          expect(kinds.filter((kind) => kind === 'opened')).toHaveLength(1);
          const end = kinds.indexOf('resolved');
          if (end >= 0) expect(end).toBe(kinds.length - 1);
        }
      }),
    );
  });

  it('has no two incidents of one cause at a time', () => {
    fc.assert(
      fc.property(courses, (course) => {
        for (const state of run(course).states) {
          const open = state.filter((one) => one.state !== 'resolved').map(({ cause }) => cause);
          expect(new Set(open).size).toBe(open.length);
        }
      }),
    );
  });

  it('leaves no incident open after all has been well for as long as the longest hold', () => {
    fc.assert(
      fc.property(courses, (course) => {
        const { life } = run(course);
        const from = 100_000;
        for (let minute = from; minute <= from + 300; minute += 10) life.look(minute, []);
        expect(life.incidents()).toEqual([]);
      }),
    );
  });

  it('tells of one cause at most eleven times a day that it opened, however it comes and goes', () => {
    const beats = fc.array(fc.tuple(fc.integer({ min: 6, max: 40 }), fc.integer({ min: 1, max: 260 })), {
      minLength: 10,
      maxLength: 60,
    });
    fc.assert(
      fc.property(beats, (course) => {
        const life = live();
        let minute = 0;
        for (const [on, off] of course) {
          for (let at = 0; at < on; at++) life.look(++minute, [signal('job:a')]);
          for (let at = 0; at < off; at++) life.look(++minute, []);
        }
        const opened = life.told.filter(({ kind }) => kind === 'opened').map(({ at }) => at / MINUTE_MS);
        for (const at of opened) {
          expect(
            opened.filter((other) => other >= at && other < at + DAY_MINUTES).length,
          ).toBeLessThanOrEqual(11);
        }
      }),
      { numRuns: 30 },
    );
  });
});
