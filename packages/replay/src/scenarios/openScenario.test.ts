import { plainDay, shanghaiInstant } from '@tapekeeper/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askTushare } from '../../test/askTushare.ts';
import { momentOf, type OpenScenario, openScenario } from './openScenario.ts';
import type { Scenario, UpstreamOfScenario } from './scenario.ts';

const DAY = { params: { trade_date: '20251105' } };

async function open(upstream: UpstreamOfScenario): Promise<OpenScenario> {
  const words = { en: 'something', zh: '某事' };
  const scenario: Scenario = {
    name: 'a_trouble',
    imitates: { ...words, reference: 'none' },
    product: words,
    world: {
      kind: 'generated',
      seed: 1,
      symbols: 12,
      from: plainDay('2025-11-03'),
      to: plainDay('2025-11-14'),
    },
    startsAt: '2025-11-28 20:00',
    upstream,
    settings: { sources: ['tushare'] },
    steps: [],
    holds: {},
  };
  const opened = await openScenario(scenario, () => momentOf(scenario.startsAt));
  onTestFinished(() => opened.stop());
  return opened;
}

describe('the upstreams of a scenario', () => {
  it('serve its world with its faults, and well again when they are cleared', async () => {
    const upstream = await open({
      faults: [{ match: { protocol: 'tushare', api: 'daily' }, fault: { kind: 'empty' } }],
    });
    expect((await askTushare(upstream.tushareUrl, 'daily', DAY)).data?.items).toEqual([]);
    upstream.apply({ do: 'clear_faults' });
    expect((await askTushare(upstream.tushareUrl, 'daily', DAY)).data?.items).toHaveLength(12);
    expect(upstream.replay.counts()['tushare.daily']).toBe(2);
  });

  it('are asked directly where nothing is edited', async () => {
    const upstream = await open({});
    expect(upstream.tushareUrl).toBe(upstream.replay.tushareUrl);
  });

  it('answer as edited, until the edits are cleared', async () => {
    const upstream = await open({
      edits: [{ api: 'daily', edit: 'rename_column', column: 'vol', to: 'volume' }],
    });
    const fields = async () => (await askTushare(upstream.tushareUrl, 'daily', DAY)).data?.fields ?? [];
    expect(await fields()).toContain('volume');
    upstream.apply({ do: 'add_faults', edits: [{ api: 'daily', edit: 'drop_column', column: 'amount' }] });
    expect(await fields()).not.toContain('amount');
    upstream.apply({ do: 'clear_faults' });
    expect(await fields()).toEqual(expect.arrayContaining(['vol', 'amount']));
  });

  it('leave refusals, other bodies and cut connections as they are behind edits', async () => {
    const upstream = await open({
      edits: [{ api: 'daily', edit: 'drop_column', column: 'vol' }],
      permissions: { deniedApis: ['daily_basic'] },
      faults: [
        {
          match: { protocol: 'tushare', api: 'adj_factor' },
          fault: { kind: 'http', status: 502, body: 'away' },
        },
        { match: { protocol: 'tushare', api: 'trade_cal' }, fault: { kind: 'reset' } },
      ],
    });
    expect(await askTushare(upstream.tushareUrl, 'daily_basic', DAY)).toMatchObject({
      code: 40203,
      data: null,
    });
    const gateway = await fetch(upstream.tushareUrl, { method: 'POST', body: '{"api_name":"adj_factor"}' });
    expect([gateway.status, await gateway.text()]).toEqual([502, 'away']);
    await expect(askTushare(upstream.tushareUrl, 'trade_cal')).rejects.toThrow('fetch failed');
  });
});

it('reads moments as those of Shanghai', () => {
  expect(momentOf('2025-11-28 20:15')).toBe(shanghaiInstant(plainDay('2025-11-28'), 20 * 60 + 15));
});
