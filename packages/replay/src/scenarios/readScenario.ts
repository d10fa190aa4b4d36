import { AppError, DATASET_IDS, ERRORS, RUN_MACHINE, SOURCES, SYMBOL_OUTCOMES } from '@tapekeeper/core';
import { checkedRule } from '../faults/loadFaults.ts';
import type { Scenario } from './scenario.ts';
import {
  cell,
  checkedBy,
  type Check,
  day,
  flag,
  list,
  moment,
  object,
  oneOf,
  optional,
  record,
  symbol,
  text,
  union,
  whole,
  wrong,
} from './shape.ts';

/**
 * Reads a scenario. Throws `bad_setting` that names the place of the first mistake, down to each fault.
 * @param name that of the file, which the scenario has to bear too
 */
export function readScenario(name: string, json: string): Scenario {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new AppError('bad_setting', { problem: `${name} is no JSON: ${(cause as Error).message}.` }, cause);
  }
  scenario(value, name);
  const read = value as Scenario;
  if (read.name !== name) throw wrong(`${name}.name`, `must be that of the file, not ${read.name}`);
  return read;
}

const source = oneOf(SOURCES);
const dataset = oneOf(DATASET_IDS);
const errorCode = oneOf(Object.keys(ERRORS));
const words = { en: text, zh: text };

const bounds = object({ atLeast: optional(whole), atMost: optional(whole) });
const count: Check = (value, place) => (typeof value === 'number' ? whole : bounds)(value, place);
const counts = record(count);

const faults = list(checkedBy(checkedRule));

const editedCalls = { api: text, day: optional(day) };
const edits = list(
  union('edit', {
    rename_column: { ...editedCalls, column: text, to: text },
    drop_column: { ...editedCalls, column: text },
    set_cell: { ...editedCalls, symbol, column: text, value: cell },
    drop_symbol: { ...editedCalls, symbol },
    spell_symbol: { ...editedCalls, symbol, as: symbol, add: optional(flag) },
  }),
);

const wish = object({
  dataset,
  from: optional(day),
  to: optional(day),
  symbols: optional(list(symbol)),
  sources: optional(list(source)),
  force: optional(flag),
});

const served = object({
  items: optional(count),
  itemsFailed: optional(count),
  calls: optional(count),
  rowsWritten: optional(count),
});

const ends = object({
  refused: optional(errorCode),
  state: optional(oneOf(RUN_MACHINE.terminal)),
  error: optional(errorCode),
  outcomes: optional(record(count, oneOf(SYMBOL_OUTCOMES))),
  servedBy: optional(record(served, source)),
  calls: optional(counts),
  errors: optional(list(errorCode)),
  rowsWritten: optional(count),
});

const cells = list(
  object({
    symbol: optional(symbol),
    board: optional(oneOf(['main', 'star', 'chinext', 'bse'])),
    from: optional(day),
    to: optional(day),
  }),
);

const run = { wish, ends };

const scenario = object({
  name: text,
  imitates: object({ ...words, reference: text }),
  product: object(words),
  world: union('kind', {
    sample: {},
    generated: { seed: whole, symbols: whole, from: day, to: day },
  }),
  startsAt: moment,
  upstream: object({
    faults: optional(faults),
    permissions: optional(
      object({
        tokens: optional(list(text)),
        deniedApis: optional(list(text)),
        maxLogins: optional(whole),
      }),
    ),
    caps: optional(record(whole)),
    latencyMs: optional(whole),
    envelope: optional(oneOf(['current', 'absent'])),
    edits: optional(edits),
  }),
  settings: object({
    sources: list(source),
    tushareToken: optional(text),
    fallbackCallCap: optional(whole),
    itemAttempts: optional(whole),
    readyTries: optional(whole),
    budgets: optional(flag),
    idleMs: optional(whole),
    totalMs: optional(whole),
  }),
  steps: list(
    union('do', {
      sync: run,
      repair: run,
      clear_faults: {},
      add_faults: { faults: optional(faults), edits: optional(edits) },
      end_pause: { host: text },
      set_time: { at: moment },
    }),
  ),
  holds: object({
    gaps: optional(list(object({ dataset, from: day, to: day, missing: cells }))),
    differing: optional(cells),
    rows: optional(record(whole, dataset)),
    barsBySource: optional(record(count, source)),
    sourcesOfSymbol: optional(record(list(source), symbol)),
    absent: optional(record(whole, source)),
    quarantined: optional(counts),
    revisions: optional(record(whole, dataset)),
    instruments: optional(whole),
    open: optional(list(text)),
    learned: optional(list(object({ host: text, api: text, windowSeconds: whole, capacity: count }))),
    refusedRights: optional(list(text)),
    calls: optional(counts),
  }),
});
