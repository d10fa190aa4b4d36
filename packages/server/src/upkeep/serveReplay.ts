import { readFile } from 'node:fs/promises';
import { AppError, parseDay, type PlainDay } from '@tapekeeper/core';
import { generateWorld, loadFaults, openWorld, sampleFolder, startReplay } from '@tapekeeper/replay';

/** The market to make up; the same wish gives the same bytes. Days as people write them. */
export interface GeneratedWish {
  readonly symbols: number;
  readonly seed?: number | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface ReplayWish {
  /** Folder of the data; the bundled sample by default. */
  readonly folder?: string | undefined;
  /** A market that is made up, in place of a folder. */
  readonly generated?: GeneratedWish | undefined;
  /** 0, the default, takes a free one. */
  readonly tusharePort?: number | undefined;
  readonly baostockPort?: number | undefined;
  readonly aksharePort?: number | undefined;
  readonly faultsFile?: string | undefined;
  readonly latencyMs?: number | undefined;
}

/** A running replay upstream, and what it serves. */
export interface ServedReplay {
  readonly tushareUrl: string;
  readonly baostockUrl: string;
  readonly akshareUrl: string;
  readonly folder: string;
  readonly firstDay: PlainDay;
  readonly lastDay: PlainDay;
  readonly symbols: number;
  /** Calls since the start, by `tushare.daily` and so on. */
  counts(): Record<string, number>;
  stop(): Promise<void>;
}

/** Serves recorded data over the protocols of the real sources, on loopback. */
export async function serveReplay(wish: ReplayWish): Promise<ServedReplay> {
  const faults = wish.faultsFile === undefined ? [] : loadFaults(await faultsText(wish.faultsFile));
  const world =
    wish.generated === undefined
      ? await openWorld(wish.folder ?? sampleFolder())
      : generateWorld(worldWish(wish.generated));
  const replay = await startReplay({
    world,
    faults,
    tusharePort: wish.tusharePort ?? 0,
    baostockPort: wish.baostockPort ?? 0,
    aksharePort: wish.aksharePort ?? 0,
    latencyMs: wish.latencyMs ?? 0,
  });
  return {
    tushareUrl: replay.tushareUrl,
    baostockUrl: replay.baostockUrl,
    akshareUrl: replay.akshareUrl,
    folder: world.folder,
    firstDay: world.firstDay,
    lastDay: world.lastDay,
    symbols: world.symbols.length,
    counts: () => replay.counts(),
    stop: () => replay.stop(),
  };
}

function worldWish({ symbols, seed, from, to }: GeneratedWish): Parameters<typeof generateWorld>[0] {
  return {
    symbols,
    ...(seed === undefined ? {} : { seed }),
    ...(from === undefined ? {} : { from: dayOf(from) }),
    ...(to === undefined ? {} : { to: dayOf(to) }),
  };
}

function dayOf(text: string): PlainDay {
  const day = parseDay(text);
  if (day === undefined) throw new AppError('bad_day', { value: text });
  return day;
}

async function faultsText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AppError('bad_setting', { problem: `the fault file cannot be read: ${message}.` }, error);
  }
}
