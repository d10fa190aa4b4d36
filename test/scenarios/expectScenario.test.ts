import { plainDay } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../packages/replay/src/faults/fault.ts';
import type { Ends, Holds, Scenario, Step } from '../../packages/replay/src/scenarios/scenario.ts';
import { expectScenario } from './expectScenario.ts';
import { useScenarioDatabase } from './scenarioDatabase.ts';

const database = useScenarioDatabase();

const FROM = plainDay('2025-11-03');
const TO = plainDay('2025-11-14');
const DAY = plainDay('2025-11-05');
const SYMBOL = '600248.SH';
const words = { en: 'something', zh: '某事' };

const ENDS: Ends = {
  state: 'success',
  outcomes: { ok: 119, absent: 1, fell_back: 1 },
  servedBy: { tushare: { itemsFailed: 0, rowsWritten: 119, calls: 10 }, baostock: { items: 1 } },
  errors: [],
  calls: { 'tushare.daily': 10, 'baostock.query_history_k_data_plus': 1 },
};

const HOLDS: Holds = {
  gaps: [{ dataset: 'daily_bars', from: FROM, to: TO, missing: [] }],
  rows: { daily_bars: 120 },
  barsBySource: { tushare: 119, baostock: 1 },
  sourcesOfSymbol: { [SYMBOL]: ['tushare', 'baostock'] },
  absent: { tushare: 1 },
  revisions: {},
  instruments: 12,
  open: [],
  learned: [],
  refusedRights: [],
  calls: { 'akshare.*': 0 },
};

/** A market of which the first source lacks one bar. */
function scenarioWith(ends: Ends, holds: Holds, more: Partial<Scenario> = {}): Scenario {
  return {
    name: 'a_trouble',
    imitates: { ...words, reference: 'none' },
    product: words,
    world: { kind: 'generated', seed: 1, symbols: 12, from: FROM, to: TO },
    startsAt: '2025-11-28 20:00',
    upstream: { edits: [{ api: 'daily', day: DAY, edit: 'drop_symbol', symbol: SYMBOL }] },
    settings: { sources: ['tushare', 'baostock'] },
    steps: [syncWith(ends)],
    holds,
    ...more,
  };
}

function syncWith(ends: Ends): Step {
  return { do: 'sync', wish: { dataset: 'daily_bars', from: FROM, to: TO }, ends };
}

const play = (ends: Ends, holds: Holds, more?: Partial<Scenario>): Promise<void> =>
  expectScenario(database(), scenarioWith(ends, holds, more));

it('a scenario that says what happens is played to its end', async () => {
  await expectScenario(database(), scenarioWith(ENDS, HOLDS));
});

describe('a scenario that says something else of a run is noticed:', () => {
  const wrong: readonly (readonly [string, Ends])[] = [
    ['its state', { state: 'success_with_errors' }],
    ['its error', { error: 'banned' }],
    ['its refusal', { refused: 'future_day' }],
    ['an outcome', { outcomes: { ok: 120, absent: 1, fell_back: 1 } }],
    ['an outcome left out', { outcomes: { ok: 119, absent: 1 } }],
    ['who served it', { servedBy: { tushare: {} } }],
    ['what a source did', { servedBy: { tushare: { rowsWritten: 120 }, baostock: {} } }],
    ['calls on the wire', { calls: { 'baostock.*': 0 } }],
    ['errors of attempts', { errors: ['transport'] }],
    ['rows written', { rowsWritten: 119 }],
  ];
  it.each(wrong)('%s', async (_, ends) => {
    await expect(play(ends, {})).rejects.toThrow('step 1 (sync)');
  });
});

describe('a scenario that says something else of the end is noticed:', () => {
  const gaps = { dataset: 'daily_bars', from: FROM, to: TO } as const;
  const wrong: readonly (readonly [string, Holds, string])[] = [
    ['a gap that is none', { gaps: [{ ...gaps, missing: [{ symbol: SYMBOL }] }] }, 'gaps'],
    ['rows', { rows: { daily_bars: 119 } }, 'rows of daily_bars'],
    ['bars by source', { barsBySource: { tushare: 120 } }, 'bars by source'],
    ['who gave a symbol', { sourcesOfSymbol: { [SYMBOL]: ['tushare'] } }, 'who gave the bars'],
    ['absent cells', { absent: {} }, 'absent cells'],
    ['held rows', { quarantined: { unreadable: 1 } }, 'rows in quarantine'],
    ['former values', { revisions: { daily_bars: 1 } }, 'former values'],
    ['instruments', { instruments: 13 }, 'instruments'],
    ['open breakers', { open: ['tushare'] }, 'open breakers'],
    [
      'learned limits',
      { learned: [{ host: 'tushare', api: 'daily', windowSeconds: 60, capacity: 5 }] },
      'learned limits',
    ],
    ['refused rights', { refusedRights: ['tushare.daily'] }, 'refused rights'],
    ['calls of all steps', { calls: { 'tushare.daily': 9 } }, 'all steps'],
    ['bars that are said to differ', { differing: [{ symbol: SYMBOL }] }, 'bars that are not those'],
  ];
  it.each(wrong)('%s', async (_, holds, place) => {
    await expect(play({}, holds)).rejects.toThrow(place);
  });

  it('a gap that is not named', async () => {
    const upstream = {
      faults: [{ match: { protocol: 'tushare', api: 'daily', day: DAY }, fault: { kind: 'empty' } }],
    } as const;
    const settings = { sources: ['tushare'] } as const;
    await expect(play({}, HOLDS_NO_GAPS, { upstream, settings })).rejects.toThrow('gaps of daily_bars');
  });

  const said = (fault: Fault): Partial<Scenario> => ({
    upstream: { faults: [{ match: { protocol: 'tushare' }, fault }] },
  });

  it('bars that are not those of the world', async () => {
    const changed = said({ kind: 'changed_history', day: DAY, factor: 1.01 });
    await expect(play({}, {}, changed)).rejects.toThrow('bars that are not those');
  });

  it('rows in quarantine that are not named', async () => {
    const slipped = said({ kind: 'scale', field: 'volume', factor: 100 });
    await expect(play({}, {}, slipped)).rejects.toThrow('rows in quarantine');
  });

  it('the end of a pause where no breaker is open', async () => {
    const steps: readonly Step[] = [{ do: 'end_pause', host: 'tushare' }];
    await expect(play({}, {}, { steps })).rejects.toThrow('the breaker of');
  });
});

const HOLDS_NO_GAPS: Holds = { gaps: [{ dataset: 'daily_bars', from: FROM, to: TO, missing: [] }] };
