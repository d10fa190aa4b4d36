import {
  MISFIRE_POLICIES,
  OVERLAP_POLICIES,
  scheduleOf,
  type Instant,
  type Schedule,
  type Trigger,
} from '@tapekeeper/core';
import { below, type Random } from '../chaos/random.ts';
import type { ModelJob } from './model.ts';
import type { MomentRule } from './slowMoments.ts';

/** One job, as the product and as the model are told of it. */
export interface TrialJob extends ModelJob {
  readonly schedule: Schedule;
}

/** Clocks that are put forward and back within the windows of a trial. */
const ZONES = ['America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Shanghai'];
const SHANGHAI = 'Asia/Shanghai';
const SESSION = { open: 570, noon: 690, resume: 780, close: 900 };

interface Kind {
  readonly trigger: Trigger;
  readonly rule: MomentRule;
  /** No two moments are closer. */
  readonly gapSeconds: number;
  readonly tradingDaysOnly?: boolean;
}

/** Jobs of every kind, each under policies of its own. Session triggers are left out where there were none yet. */
export function trialJobs(
  random: Random,
  window: string,
  start: Instant,
  hasSessions: boolean,
): readonly TrialJob[] {
  const pick = <T>(values: readonly T[]): T => values[below(random, values.length)] as T;
  const kinds: Kind[] = [
    ...ZONES.flatMap((zone) => [
      everyMinutes(zone, pick([10, 15, 20])),
      daily(zone, 2, pick([0, 10, 30])),
      daily(zone, 1, 30),
      { ...hourly(zone, pick([0, 5, 59])) },
      weekly(zone, pick([0, 3, 5]), 2, 15),
    ]),
    interval(pick([61, 90, 600]), start),
    interval(pick([300, 3600]), start - 7_000),
    interval(86_400, start - 40_000_000),
    once(start + below(random, 3 * 86_400) * 1000),
    ...(hasSessions ? [afterClose(), beforeOpen(), inSession(30), tradingDays()] : []),
  ];
  return kinds.map((kind, no) => jobOf(kind, `${window} ${no}`));

  function jobOf({ trigger, rule, gapSeconds, tradingDaysOnly = false }: Kind, key: string): TrialJob {
    const policies = {
      misfire: pick(MISFIRE_POLICIES),
      overlap: pick(OVERLAP_POLICIES),
      graceSeconds: pick([null, null, 0, 60, 3600, 7 * 86_400]),
      jitterSeconds: pick([0, 0, Math.min(600, Math.floor(gapSeconds / 2) - 1)]),
    };
    return {
      key,
      rule,
      ...policies,
      mostRuns: pick([1, 1, 2]),
      schedule: { ...scheduleOf(trigger), ...policies, tradingDaysOnly },
    };
  }
}

const range = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, place) => from + place * step);

function wall(zone: string, minutesOfDay: readonly number[], rest: Partial<MomentRule> = {}): MomentRule {
  return { kind: 'wall', zone, minutesOfDay, weekdays: null, tradingDaysOnly: false, ...rest } as MomentRule;
}

function cron(zone: string, expression: string): Trigger {
  return { kind: 'cron', expression, zone };
}

function everyMinutes(zone: string, step: number): Kind {
  return {
    trigger: cron(zone, `*/${step} * * * *`),
    rule: wall(zone, range(0, 1439, step)),
    gapSeconds: step * 60,
  };
}

function daily(zone: string, hour: number, minute: number): Kind {
  return {
    trigger: cron(zone, `${minute} ${hour} * * *`),
    rule: wall(zone, [hour * 60 + minute]),
    gapSeconds: 22 * 3600,
  };
}

/** Past a gap two of these may fall on nearly the same time. */
function hourly(zone: string, minute: number): Kind {
  return {
    trigger: cron(zone, `${minute} * * * *`),
    rule: wall(zone, range(minute, 1439, 60)),
    gapSeconds: 4,
  };
}

function weekly(zone: string, weekday: number, hour: number, minute: number): Kind {
  return {
    trigger: cron(zone, `${minute} ${hour} * * ${weekday}`),
    rule: wall(zone, [hour * 60 + minute], { weekdays: [weekday] }),
    gapSeconds: 86_400,
  };
}

function interval(everySeconds: number, anchor: Instant): Kind {
  return {
    trigger: { kind: 'interval', everySeconds, anchor },
    rule: { kind: 'every', everyMs: everySeconds * 1000, anchor },
    gapSeconds: everySeconds,
  };
}

function once(at: Instant): Kind {
  return { trigger: { kind: 'once', at }, rule: { kind: 'once', at }, gapSeconds: 600 };
}

function afterClose(): Kind {
  return session('close(XSHG)+30m', [SESSION.close + 30], 3600);
}

function beforeOpen(): Kind {
  return session('open(XSHG)-15m', [SESSION.open - 15], 3600);
}

function inSession(step: number): Kind {
  const slots = [...range(SESSION.open, SESSION.noon, step), ...range(SESSION.resume, SESSION.close, step)];
  return session(`every ${step}m in session`, slots, step * 60);
}

function session(rule: string, minutesOfDay: readonly number[], gapSeconds: number): Kind {
  return {
    trigger: { kind: 'session', rule },
    rule: wall(SHANGHAI, minutesOfDay, { tradingDaysOnly: true }),
    gapSeconds,
  };
}

function tradingDays(): Kind {
  return {
    trigger: cron(SHANGHAI, '0,30 17 * * *'),
    rule: wall(SHANGHAI, [17 * 60, 17 * 60 + 30], { tradingDaysOnly: true }),
    gapSeconds: 1800,
    tradingDaysOnly: true,
  };
}
