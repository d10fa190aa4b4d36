import { AppError, type CallClass } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { CallPermit } from '../ports/sourceStore.ts';
import type { AskContext, Source } from '../ports/source.ts';
import { callGate, watchHosts, type WatchedContext } from './callGate.ts';
import type { AppDeps } from './deps.ts';

/** A gate whose permits come one after the other; what it asks for and how long it waits is noted. */
function stand(permits: readonly CallPermit[], budgets = true, callClass?: CallClass) {
  const asked: string[] = [];
  const waits: number[] = [];
  const abort = new AbortController();
  const deps = {
    settings: { budgets },
    store: {
      takeCall: async (host: string, api: string, as: CallClass) => (
        asked.push(`${host} ${api} ${as}`),
        permits[asked.length - 1] ?? { kind: 'granted' }
      ),
    },
    clock: {
      now: () => 1_700_000_000_000,
      sleep: async (ms: number, signal: AbortSignal) => {
        waits.push(ms);
        if (signal.aborted) throw new AppError('interrupted');
      },
    },
  } as unknown as AppDeps;
  return { gate: callGate(deps, abort.signal, callClass), asked, waits, abort };
}

describe('the gate before a call', () => {
  it('asks for the call by host and interface, and lets it through', async () => {
    const { gate, asked, waits } = stand([{ kind: 'granted' }]);
    await gate('api.test', 'daily');
    expect([asked, waits]).toEqual([['api.test daily live'], []]);
  });

  it('waits as long as the budget says, in pieces that a stop can end', async () => {
    const { gate, waits } = stand([
      { kind: 'wait', waitMs: 12_000 },
      { kind: 'wait', waitMs: 700 },
      { kind: 'granted' },
    ]);
    await gate('api.test', 'daily');
    expect(waits).toEqual([5000, 700]);
  });

  it('stops waiting when it is told to', async () => {
    const { gate, abort } = stand([{ kind: 'wait', waitMs: 12_000 }]);
    abort.abort();
    await expect(gate('api.test', 'daily')).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('refuses while the breaker is open, and says until when and why', async () => {
    const { gate } = stand([
      { kind: 'wait', waitMs: 1 },
      { kind: 'open', until: 1_700_000_000_000, reason: 'no answer' },
    ]);
    const details = { host: 'api.test', until: '2023-11-14T22:13:20.000Z', reason: 'no answer' };
    await expect(gate('api.test', 'daily')).rejects.toMatchObject({ code: 'breaker_open', details });
  });

  it('says of which class the call is', async () => {
    const { gate, asked } = stand([], true, 'backfill');
    await gate('api.test', 'daily');
    expect(asked).toEqual(['api.test daily backfill']);
  });

  it('does not hold a worker for a budget that has nothing for long', async () => {
    const { gate, waits } = stand([{ kind: 'wait', waitMs: 3_600_000 }]);
    const details = { host: 'api.test', api: 'daily', until: '2023-11-14T23:13:20.000Z' };
    await expect(gate('api.test', 'daily')).rejects.toMatchObject({ code: 'quota_exhausted', details });
    expect(waits).toEqual([]);
  });

  it('counts nothing where there are no budgets', async () => {
    const { gate, asked } = stand([], false);
    await gate('api.test', 'daily');
    expect(asked).toEqual([]);
  });
});

/** A question whose calls are made by hand; each takes 100 ms, and so does what is done after it. */
function watched(gate: AskContext['beforeCall'] = async () => {}) {
  const told: unknown[][] = [];
  let now = 0;
  const note =
    (name: string) =>
    async (...input: unknown[]) =>
      void told.push([name, ...input]);
  const deps = {
    settings: { budgets: true },
    clock: { monotonic: () => now },
    store: {
      noteSuccess: note('success'),
      noteFailure: note('failure'),
      openBreaker: note('ban'),
      drainBudget: note('drain'),
    },
  } as unknown as AppDeps;
  const source = { id: 'akshare', hosts: ['first.test'] } as unknown as Source;
  const watch = watchHosts(deps, source, { signal: new AbortController().signal, beforeCall: gate });
  const call = async (host: string, api: string): Promise<void> => {
    await watch.context.beforeCall(host, api);
    now += 100;
  };
  return { watch, told, call };
}

describe('the watch over the calls of a question', () => {
  it('tells each host that was called of its answers, with the time that each took', async () => {
    const { watch, told, call } = watched();
    await call('one.test', 'list');
    await call('two.test', 'bars');
    await call('two.test', 'bars');
    await watch.answered();
    expect(told).toEqual([
      ['success', 'one.test', [{ api: 'list', ms: 100 }]],
      [
        'success',
        'two.test',
        [
          { api: 'bars', ms: 100 },
          { api: 'bars', ms: 100 },
        ],
      ],
    ]);
  });

  it('blames the host that the error names, and praises the one that answered instead', async () => {
    const { watch, told, call } = watched();
    await call('one.test', 'bars');
    const error = new AppError('banned', { source: 'akshare', host: 'one.test', pauseMs: 5 });
    await (watch.context satisfies WatchedContext).routeFailed(error);
    await call('two.test', 'bars');
    await watch.answered();
    expect(told).toEqual([
      ['ban', 'one.test', error.message, 5, true],
      ['success', 'two.test', [{ api: 'bars', ms: 100 }]],
    ]);
  });

  it('says nothing of a host that the gate keeps the call from', async () => {
    const refusal = new AppError('quota_exhausted', { host: 'one.test', source: 'one.test' });
    const { watch, told, call } = watched(() => Promise.reject(refusal));
    await expect(call('one.test', 'bars')).rejects.toBe(refusal);
    await watch.failed(refusal);
    expect(told).toEqual([]);
  });

  it('takes the host called last for an error that names none', async () => {
    const { watch, told, call } = watched();
    await call('one.test', 'bars');
    await watch.failed(new AppError('transport', { source: 'akshare', message: 'reset.' }));
    expect(told.map(([name, host]) => [name, host])).toEqual([['failure', 'one.test']]);
  });
});
