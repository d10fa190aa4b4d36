import { isAppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { readScenario } from './readScenario.ts';
import { readScenarios } from './scenarioFiles.ts';

const words = { en: 'something', zh: '某事' };

const RIGHT = {
  name: 'a_trouble',
  imitates: { ...words, reference: 'somebody/something#1' },
  product: words,
  world: { kind: 'generated', seed: 1, symbols: 12, from: '2025-11-03', to: '2025-11-14' },
  startsAt: '2025-11-28 20:00',
  upstream: {
    faults: [{ match: { protocol: 'tushare' }, fault: { kind: 'empty' } }],
    edits: [{ api: 'daily', edit: 'drop_column', column: 'vol' }],
  },
  settings: { sources: ['tushare', 'baostock'] },
  steps: [
    {
      do: 'sync',
      wish: { dataset: 'daily_bars' },
      ends: { state: 'success', calls: { 'tushare.*': { atMost: 3 } } },
    },
    { do: 'clear_faults' },
    { do: 'set_time', at: '2025-11-29 00:05' },
  ],
  holds: {
    gaps: [{ dataset: 'daily_bars', from: '2025-11-03', to: '2025-11-14', missing: [{ board: 'star' }] }],
  },
};

const read = (scenario: unknown) => readScenario('a_trouble', JSON.stringify(scenario));

function problemOf(scenario: unknown): string {
  try {
    read(scenario);
  } catch (error) {
    if (isAppError(error, 'bad_setting')) return String(error.details['problem']);
    throw error;
  }
  return 'none';
}

describe('a scenario', () => {
  it('is read as it is written', () => {
    expect(read(RIGHT)).toEqual(RIGHT);
  });

  it.each([
    ['no object', [], 'a_trouble must be an object.'],
    [
      'another name than the file',
      { ...RIGHT, name: 'other' },
      'a_trouble.name must be that of the file, not other.',
    ],
    ['no text in Chinese', { ...RIGHT, product: { en: 'it' } }, 'a_trouble.product.zh is missing.'],
    ['no reference', { ...RIGHT, imitates: words }, 'a_trouble.imitates.reference is missing.'],
    [
      'a world of another kind',
      { ...RIGHT, world: { kind: 'real' } },
      'a_trouble.world.kind must be one of sample, generated.',
    ],
    [
      'a time without minutes',
      { ...RIGHT, startsAt: '2025-11-28' },
      'a_trouble.startsAt must be written as 2024-01-31 20:00.',
    ],
    [
      'a fault that is none',
      { ...RIGHT, upstream: { faults: [{ match: { protocol: 'tushare' }, fault: { kind: 'ban' } }] } },
      'a_trouble.upstream.faults[0].fault.afterCalls is missing.',
    ],
    [
      'an edit of no known kind',
      { ...RIGHT, upstream: { edits: [{ api: 'daily', edit: 'lose' }] } },
      'a_trouble.upstream.edits[0].edit must be one of rename_column, drop_column, set_cell, drop_symbol, spell_symbol.',
    ],
    [
      'an outcome that is none',
      { ...RIGHT, steps: [{ do: 'sync', wish: { dataset: 'daily_bars' }, ends: { outcomes: { fine: 1 } } }] },
      'a_trouble.steps[0].ends.outcomes: fine must be one of ok, unchanged, absent, suspended, fell_back, quarantined, failed.',
    ],
    [
      'a state in which no run ends',
      { ...RIGHT, steps: [{ do: 'sync', wish: { dataset: 'daily_bars' }, ends: { state: 'running' } }] },
      'a_trouble.steps[0].ends.state must be one of success, success_with_errors, failed, cancelled, skipped, missed.',
    ],
    [
      'a field too many',
      { ...RIGHT, holds: { gap: [] } },
      /^a_trouble\.holds\.gap is not known; known are gaps, /,
    ],
    [
      'a count below zero',
      { ...RIGHT, holds: { rows: { daily_bars: -1 } } },
      /must be a whole number from 0\.$/,
    ],
  ])('is refused for %s, with the place of the mistake', (_, scenario, problem) => {
    expect(problemOf(scenario)).toMatch(problem);
  });

  it('is refused where it is no JSON', () => {
    expect(() => readScenario('a_trouble', '{')).toThrow(/a_trouble is no JSON/);
  });
});

describe('the scenarios that come along', () => {
  const all = readScenarios();

  it('are all well written, and many', () => {
    expect(all.length).toBeGreaterThanOrEqual(25);
  });

  it('say each in words of its own what goes wrong', () => {
    expect(new Set(all.map(({ imitates }) => imitates.en)).size).toBe(all.length);
    expect(new Set(all.map(({ imitates }) => imitates.zh)).size).toBe(all.length);
  });
});
