import { readFile } from 'node:fs/promises';
import { AppError, type PlainDay } from '@tapekeeper/core';
import { loadFaults, openWorld, sampleFolder, startReplay } from '@tapekeeper/replay';

export interface ReplayWish {
  /** Folder of the data; the bundled sample by default. */
  readonly folder?: string | undefined;
  /** 0, the default, takes a free one. */
  readonly tusharePort?: number | undefined;
  readonly baostockPort?: number | undefined;
  readonly faultsFile?: string | undefined;
  readonly latencyMs?: number | undefined;
}

/** A running replay upstream, and what it serves. */
export interface ServedReplay {
  readonly tushareUrl: string;
  readonly baostockUrl: string;
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
  const world = await openWorld(wish.folder ?? sampleFolder());
  const replay = await startReplay({
    world,
    faults,
    tusharePort: wish.tusharePort ?? 0,
    baostockPort: wish.baostockPort ?? 0,
    latencyMs: wish.latencyMs ?? 0,
  });
  return {
    tushareUrl: replay.tushareUrl,
    baostockUrl: replay.baostockUrl,
    folder: world.folder,
    firstDay: world.firstDay,
    lastDay: world.lastDay,
    symbols: world.symbols.length,
    counts: () => replay.counts(),
    stop: () => replay.stop(),
  };
}

async function faultsText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AppError('bad_setting', { problem: `the fault file cannot be read: ${message}.` }, error);
  }
}
