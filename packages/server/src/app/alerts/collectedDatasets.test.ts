import { describe, expect, it } from 'vitest';
import type { AlertJobRow, StoredTarget } from '../../ports/alertStore.ts';
import { activeTargets, collectedDatasets, regularJobs } from './collectedDatasets.ts';

const job = (id: number, more: Partial<AlertJobRow>): AlertJobRow => ({
  id,
  key: `job ${id}`,
  type: 'sync',
  dataset: 'daily_bars',
  triggerKind: 'manual',
  callsFor: [],
  nextFireAt: null,
  missed: null,
  lastFailed: false,
  ...more,
});

const workflow = (id: number, triggerKind: string, callsFor: readonly number[]): AlertJobRow =>
  job(id, { type: 'workflow', dataset: null, triggerKind, callsFor });

describe('what is collected', () => {
  it('is what jobs write that run by themselves, or are called for by one that does', () => {
    const jobs = [
      job(1, {}),
      job(2, { dataset: 'adj_factors' }),
      workflow(3, 'session', [4]),
      workflow(4, 'manual', [1]),
      job(5, { dataset: 'daily_basics', triggerKind: 'cron' }),
    ];
    expect(regularJobs(jobs).map(({ id }) => id)).toEqual([1, 3, 4, 5]);
    expect([...collectedDatasets(jobs)]).toEqual([
      ['daily_bars', [1]],
      ['daily_basics', [5]],
    ]);
  });

  it('leaves out lists, streams and reports, which have no trading days', () => {
    const jobs = ['stock_basics', 'news', 'financials', 'nothing'].map((dataset, at) =>
      job(at + 1, { dataset, triggerKind: 'cron' }),
    );
    expect([...collectedDatasets(jobs)]).toEqual([]);
  });

  it('has the targets of the program where nobody has set another', () => {
    const collected = collectedDatasets([
      job(1, { triggerKind: 'cron' }),
      job(2, { dataset: 'adj_factors', triggerKind: 'cron' }),
    ]);
    const own: StoredTarget = {
      dataset: 'daily_bars',
      due: 'close(XSHG)+1h',
      share: 1,
      objective: 1,
      version: 3,
      since: 7,
      updatedBy: 'li',
    };
    expect(activeTargets([own], collected, 5)).toMatchObject([
      { dataset: 'daily_bars', due: 'close(XSHG)+1h', since: 7, isDefault: false },
      { dataset: 'adj_factors', due: 'close(XSHG)+8h', since: 5, isDefault: true },
    ]);
  });
});
