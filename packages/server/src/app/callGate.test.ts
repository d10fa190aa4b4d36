import { AppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { CallPermit } from '../ports/sourceStore.ts';
import { callGate } from './callGate.ts';
import type { AppDeps } from './deps.ts';

/** A gate whose permits come one after the other; what it asks for and how long it waits is noted. */
function stand(permits: readonly CallPermit[], budgets = true) {
  const asked: string[] = [];
  const waits: number[] = [];
  const abort = new AbortController();
  const deps = {
    settings: { budgets },
    store: {
      takeCall: async (host: string, api: string) => (
        asked.push(`${host} ${api}`),
        permits[asked.length - 1] ?? { kind: 'granted' }
      ),
    },
    clock: {
      sleep: async (ms: number, signal: AbortSignal) => {
        waits.push(ms);
        if (signal.aborted) throw new AppError('interrupted');
      },
    },
  } as unknown as AppDeps;
  return { gate: callGate(deps, abort.signal), asked, waits, abort };
}

describe('the gate before a call', () => {
  it('asks for the call by host and interface, and lets it through', async () => {
    const { gate, asked, waits } = stand([{ kind: 'granted' }]);
    await gate('api.test', 'daily');
    expect([asked, waits]).toEqual([['api.test daily'], []]);
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

  it('counts nothing where there are no budgets', async () => {
    const { gate, asked } = stand([], false);
    await gate('api.test', 'daily');
    expect(asked).toEqual([]);
  });
});
