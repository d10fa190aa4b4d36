import { isAppError, type Instant, type SourceId } from '@tapekeeper/core';
import type { AppDeps, AppSettings } from '../../packages/server/src/app/deps.ts';
import { loadCalendar } from '../../packages/server/src/app/market.ts';
import type { Log } from '../../packages/server/src/ports/log.ts';
import { seededRandom, type Random } from '../chaos/random.ts';
import { FAIR, type Faults } from './faults.ts';
import { createInterleaving, type Interleaving } from './interleaving.ts';
import { createCalls, soundParts, type StoreCalls } from './memory/calls.ts';
import { keyOfRow, marketRows } from './memory/market.ts';
import type { Memory, Parts } from './memory/memory.ts';
import { createQueue } from './memory/queue.ts';
import { emptyTables } from './memory/tables.ts';
import {
  createProcess,
  createStoreSlot,
  storeCall,
  type ProcessSurroundings,
  type SimulatedProcess,
  type StoreSlot,
} from './process.ts';
import { CALENDAR_ROWS, FIRST_WISHED, LIST_ROWS, WORLD_START, type Weather } from './world.ts';

/** Everything that a bug can be planted in. */
export interface Plantable {
  readonly memory: Memory;
  readonly parts: Parts;
  readonly calls: StoreCalls;
  readonly random: Random;
}

/** Who is told of what goes on; nobody at first. */
export interface Observer {
  onTurn: (label: string) => void;
  onCall: ProcessSurroundings['onCall'];
}

/** An installation of some processes over one database, in virtual time. */
export interface Installation {
  readonly interleaving: Interleaving;
  readonly memory: Memory;
  readonly calls: StoreCalls;
  readonly faults: Faults;
  readonly weather: Map<SourceId, Weather>;
  readonly processes: SimulatedProcess[];
  readonly observer: Observer;
  /** What use cases said that must never be said. */
  readonly mistakes: string[];
  now(): Instant;
  /** Has a use case done for somebody, who hears of it in time; nothing of it goes wrong on the way. */
  ask(work: (deps: Pick<AppDeps, 'store'>) => Promise<unknown>): void;
  /** Puts a new process in the place of one that has gone, on the same node. */
  restart(place: number): SimulatedProcess;
}

export interface InstallationOptions {
  readonly seed: number;
  readonly processes: number;
  readonly plant?: ((target: Plantable) => void) | undefined;
}

const SETTINGS: AppSettings = {
  sourcePriority: ['tushare', 'baostock'],
  historyFrom: FIRST_WISHED,
  snapshotMaxAgeHours: 12,
  fallbackCallCap: 200,
  itemAttempts: 3,
  backoffMs: 1000,
  readyTries: 3,
  readyRetryMs: 5000,
  dispatchBudgetMs: 10_000,
  commitRows: 12,
  maxShards: 2,
  budgets: true,
  leaseRetryMs: 3000,
  minFreeMegabytes: 0,
};

/** Stores that readers of the calendar know; one for each place in an installation. */
const SLOTS: StoreSlot[] = [];
/** What is remembered of a store grows with every process that is killed over it, so that they are renewed. */
const SEQUENCES_A_SLOT = 500;
let begun = 0;
/** That of the people. */
const PEOPLE = createStoreSlot();

export async function createInstallation(options: InstallationOptions): Promise<Installation> {
  const random = seededRandom(options.seed);
  const observer: Observer = { onTurn: () => {}, onCall: () => undefined };
  const interleaving = createInterleaving({ random, onTurn: (label) => observer.onTurn(label) });
  const memory = createMemory(interleaving);
  const calls = createCalls(memory);
  fillLists(memory, random);
  options.plant?.({ memory, parts: memory.parts, calls, random });
  const faults: Faults = { ...FAIR };
  const weather = new Map<SourceId, Weather>();
  const mistakes: string[] = [];
  let boots = 0;
  const around: ProcessSurroundings = {
    interleaving,
    memory,
    calls,
    random,
    faults,
    weather,
    settings: SETTINGS,
    start: WORLD_START,
    newBoot: () => `boot ${++boots}`,
    log: mistakeLog(mistakes),
    onCall: (actor, name, input) => observer.onCall(actor, name, input),
  };
  const begin = (place: number): SimulatedProcess => {
    const slot = (SLOTS[place] ??= createStoreSlot());
    const process = createProcess(`node ${place}`, slot, around);
    processes[place] = process;
    process.start();
    return process;
  };
  const processes: SimulatedProcess[] = [];
  if (++begun % SEQUENCES_A_SLOT === 0) SLOTS.length = 0;
  for (let place = 0; place < options.processes; place++) {
    await readCalendar((SLOTS[place] ??= createStoreSlot()), calls);
    begin(place);
  }
  PEOPLE.call = storeCall({ ...around, faults: FAIR }, { name: 'people', alive: true, frozen: false });
  memory.queue.onAdded = () => {
    for (const process of processes) process.poke();
  };
  return {
    interleaving,
    memory,
    calls,
    faults,
    weather,
    processes,
    mistakes,
    observer,
    now: memory.now,
    ask: (work) =>
      void work({ store: PEOPLE.store }).catch((err: unknown) => around.log.warn({ err }, 'asked')),
    restart: begin,
  };
}

/**
 * What a store is remembered by may be of an earlier sequence: it is made the same at each beginning, so
 * that no sequence takes other turns for what came before it.
 */
async function readCalendar(slot: StoreSlot, { calendarVersion, calendarDays }: StoreCalls): Promise<void> {
  slot.call = async (name) => (name === 'calendarVersion' ? calendarVersion?.() : calendarDays?.());
  await loadCalendar({ store: slot.store });
}

function createMemory(interleaving: Interleaving): Memory {
  const last = { worker: 0, job: 0, change: 0, fire: 0, run: 0 };
  return {
    tables: emptyTables(),
    queue: createQueue(),
    now: () => WORLD_START + Math.floor(interleaving.elapsed()),
    newId: (of) => ++last[of],
    parts: soundParts(),
  };
}

/** Most installations have their lists already, some of them old; others get them first. */
function fillLists(memory: Memory, random: Random): void {
  if (random() < 0.03) return;
  const ageMs = random() < 0.2 ? 8 * 86_400_000 : 60_000;
  for (const [dataset, rows, scope] of [
    ['trade_calendar', CALENDAR_ROWS, 'XSHG'],
    ['stock_basics', LIST_ROWS, '*'],
  ] as const) {
    const table = marketRows(memory, dataset);
    for (const row of rows) table.set(keyOfRow(dataset, row), { row, source: 'tushare', runId: 0 });
    memory.tables.fresh.set(`${dataset} ${scope}`, {
      dataset,
      scope,
      source: 'tushare',
      asOf: WORLD_START - ageMs,
      from: null,
      through: null,
    });
  }
  for (const row of LIST_ROWS.toSorted((a, b) => (String(a['symbol']) < String(b['symbol']) ? -1 : 1)))
    memory.tables.instruments.set(String(row['symbol']), memory.tables.instruments.size + 1);
}

/** Errors that no fault explains are mistakes of the program; all others are its daily bread. */
function mistakeLog(mistakes: string[]): Log {
  const look = (fields: object): void => {
    const error = 'err' in fields ? fields.err : undefined;
    if (error === undefined) return;
    if (isAppError(error) && error.code !== 'internal') return;
    mistakes.push(error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error));
  };
  return { debug: look, info: look, warn: look, error: look };
}
