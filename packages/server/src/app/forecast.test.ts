import type { Capability } from '@tapekeeper/core';
import { CLOSED_BREAKER, fullBucket } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import type { Budget, HostFacts } from '../ports/sourceStore.ts';
import { forecast, type ForecastDeps } from './forecast.ts';

const NOW = 1_700_000_000_000;
const CAPABILITY = { dataset: 'daily_bars', api: 'daily' } as Capability;

const budget = (api: string, capacity: number, windowSeconds: number): Budget => ({
  ...fullBucket({ capacity, windowSeconds, slides: true }, NOW),
  api,
  origin: 'configured',
});

function stand(
  facts: Partial<HostFacts>,
  rest: { single?: boolean; budgets?: boolean; refused?: boolean } = {},
) {
  const asked: string[] = [];
  const deps = {
    settings: { budgets: rest.budgets ?? true },
    sources: new Map([
      ['tushare', { id: 'tushare', hosts: ['api.test'], singleConnection: rest.single ?? false }],
    ]),
    store: {
      rights: async () =>
        rest.refused ? [{ source: 'tushare', api: 'daily', allowed: false, detail: '', checkedAt: NOW }] : [],
      hostFacts: async (host: string): Promise<HostFacts> => {
        asked.push(host);
        return { host, now: NOW, breaker: CLOSED_BREAKER, budgets: [], latencies: [], ...facts };
      },
    },
  } as unknown as ForecastDeps;
  return {
    asked,
    forecast: (calls: number, capability = CAPABILITY) => forecast(deps, 'tushare', capability, calls),
  };
}

it('counts the latency of the interface, with two calls in flight or one', async () => {
  const latencies = [
    { api: 'daily', meanMs: 100, calls: 3 },
    { api: 'other', meanMs: 900, calls: 1 },
  ];
  expect(await stand({ latencies }).forecast(10)).toMatchObject({ calls: 10, durationMs: 500 });
  expect(await stand({ latencies }, { single: true }).forecast(10)).toMatchObject({ durationMs: 1000 });
  const other = { ...CAPABILITY, api: 'new' };
  expect(await stand({ latencies }).forecast(10, other)).toMatchObject({ durationMs: 1500 });
  expect(await stand({}).forecast(10)).toMatchObject({ durationMs: 1500 });
});

it('counts the budgets of the interface and of the whole host, and no others', async () => {
  const budgets = [budget('daily', 50, 60), budget('*', 600, 3600), budget('other', 1, 60)];
  const told = await stand({ budgets }).forecast(25);
  expect(told.share).toEqual({ minute: 0.5, hour: 25 / 600, day: null });
  expect(told.durationMs).toBe(Math.round((23 / 49) * 60_000 + 300));
});

it('counts no budget and no breaker where none are kept', async () => {
  const facts = {
    budgets: [budget('daily', 1, 3600)],
    breaker: { ...CLOSED_BREAKER, openings: 1, openUntil: NOW + 9_000_000 },
  };
  expect(await stand(facts, { budgets: false }).forecast(2)).toMatchObject({ durationMs: 300 });
  expect((await stand(facts).forecast(1)).durationMs).toBe(9_000_300);
});

it('asks for the facts of the host that is asked first, and names the rights that lack', async () => {
  const { asked, forecast: of } = stand({}, { refused: true });
  expect((await of(1, { ...CAPABILITY, host: 'elsewhere.test' })).lackingRights).toEqual(['daily']);
  expect((await of(1, { ...CAPABILITY, api: 'other' })).lackingRights).toEqual([]);
  expect(asked).toEqual(['elsewhere.test', 'api.test']);
});
