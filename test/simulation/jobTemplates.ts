import {
  DEFAULT_POLICIES,
  scheduleOf,
  type JobDefinition,
  type MisfirePolicy,
  type OverlapPolicy,
  type RunPolicies,
  type Schedule,
  type SyncWish,
  type Trigger,
} from '@tapekeeper/core';
import { below, type Random } from '../chaos/random.ts';
import { FIRST_WISHED, WORLD_START } from './world.ts';

/** Triggers whose moments come often enough for a sequence of some minutes. */
export function drawTrigger(random: Random): Trigger {
  switch (below(random, 5)) {
    case 0:
      return {
        kind: 'interval',
        everySeconds: [20, 45, 60, 150][below(random, 4)] ?? 60,
        anchor: WORLD_START,
      };
    case 1:
      return { kind: 'interval', everySeconds: 600, anchor: WORLD_START - 86_400_000 };
    case 2:
      return {
        kind: 'session',
        rule: ['every 5m in session', 'open(XSHG)+10m', 'close(XSHG)+2h'][below(random, 3)] ?? '',
      };
    case 3:
      return { kind: 'once', at: WORLD_START + 1000 * below(random, 900) };
    default:
      return {
        kind: 'interval',
        everySeconds: 30 + below(random, 90),
        anchor: WORLD_START + below(random, 60_000),
      };
  }
}

const MISFIRES: readonly MisfirePolicy[] = ['skip', 'run_once', 'run_all'];
const OVERLAPS: readonly OverlapPolicy[] = ['skip', 'queue', 'replace', 'reject'];

export function drawSchedule(random: Random, trigger: Trigger = drawTrigger(random)): Schedule {
  return {
    ...scheduleOf(trigger),
    misfire: MISFIRES[below(random, 3)] ?? 'run_once',
    graceSeconds: random() < 0.3 ? 5 + below(random, 60) : null,
    overlap: OVERLAPS[below(random, 4)] ?? 'skip',
    jitterSeconds: random() < 0.3 && trigger.kind === 'interval' ? 1 + below(random, 10) : 0,
  };
}

export function drawPolicies(random: Random): RunPolicies {
  return {
    ...DEFAULT_POLICIES,
    timeoutSeconds: random() < 0.15 ? 20 + below(random, 60) : null,
    maxAttempts: 1 + below(random, 3),
    retrySeconds: 5 + below(random, 20),
    mostRuns: random() < 0.8 ? 1 : 2,
    group: random() < 0.4 ? 'shared' : null,
    priority: (['live', 'normal', 'backfill'] as const)[below(random, 3)] ?? 'normal',
  };
}

const UNNAMED = { name: 'simulated', description: '', tags: [] } as const;

/** Bars of the last trading days, of all symbols or some, from whoever has them or from one source alone. */
export function drawWish(random: Random): SyncWish {
  const sources = SOURCES_NAMED[below(random, SOURCES_NAMED.length)] ?? [];
  const drawn = random();
  const symbols = drawn < 0.04 ? ['999999.SH'] : drawn < 0.3 ? ['600001.SH', '000002.SZ'] : [];
  return {
    dataset: 'daily_bars',
    from: FIRST_WISHED,
    force: random() < 0.35,
    ...(symbols.length > 0 && { symbols }),
    ...(sources.length > 0 && { sources }),
  };
}

const SOURCES_NAMED = [[], [], ['tushare'], ['baostock'], ['baostock', 'tushare']] as const;

/** Such a sync, as a job. */
export function syncDefinition(random: Random, schedule: Schedule): JobDefinition {
  return {
    ...UNNAMED,
    type: random() < 0.8 ? 'sync' : 'repair',
    params: drawWish(random),
    schedule,
    policies: drawPolicies(random),
  };
}

/** A task that waits for a while and fails now and then. */
export function exampleDefinition(random: Random, schedule: Schedule): JobDefinition {
  return {
    ...UNNAMED,
    type: 'example',
    params: { durationSeconds: 1 + below(random, 12), successRate: 0.8, steps: 2 },
    schedule,
    policies: drawPolicies(random),
  };
}

/** A graph of three jobs. */
export function workflowDefinition(random: Random, jobIds: readonly [number, number, number]): JobDefinition {
  const [first, second, third] = jobIds;
  const condition = random() < 0.6 ? 'success' : 'done';
  return {
    ...UNNAMED,
    type: 'workflow',
    params: {
      mode: random() < 0.5 ? 'serial' : 'parallel',
      onFailure: random() < 0.5 ? 'stop' : 'continue',
      mostAtATime: 2,
      nodes: [
        { node: 'first', jobId: first, dependsOn: [], condition },
        { node: 'second', jobId: second, dependsOn: random() < 0.5 ? ['first'] : [], condition },
        { node: 'third', jobId: third, dependsOn: ['first', 'second'], condition },
      ],
    },
    schedule: drawSchedule(
      random,
      random() < 0.5 ? { kind: 'manual' } : { kind: 'interval', everySeconds: 200, anchor: WORLD_START },
    ),
    policies: { ...drawPolicies(random), group: null },
  };
}
