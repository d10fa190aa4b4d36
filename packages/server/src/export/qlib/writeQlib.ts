import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type PlainDay } from '@tapekeeper/core';
import type { SymbolBars } from '../../ports/exporter.ts';
import { exists, moveDurably, nameBeside, onFile } from '../atomicFile.ts';
import { binOf, QLIB_FIELDS, qlibName, qlibSeries } from './qlibSeries.ts';

export interface QlibWork {
  readonly force: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface QlibSummary {
  readonly symbols: number;
  readonly days: number;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Writes a folder that Qlib reads as `provider_uri`. It appears under its name only when it is whole. With
 * `force` a folder that Qlib could read is replaced; any other is left alone. Throws `file_exists`,
 * `file_unwritable` or `interrupted`.
 */
export async function writeQlib(
  dir: string,
  calendar: readonly PlainDay[],
  symbols: AsyncIterable<SymbolBars>,
  { force, signal }: QlibWork,
): Promise<QlibSummary> {
  await refuseFolder(dir, force);
  const fresh = nameBeside(dir);
  try {
    const summary = await writeFolder(fresh, calendar, symbols, signal);
    await putInPlace(dir, fresh);
    return summary;
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    throw error;
  }
}

async function writeFolder(
  dir: string,
  calendar: readonly PlainDay[],
  symbols: AsyncIterable<SymbolBars>,
  signal: AbortSignal | undefined,
): Promise<QlibSummary> {
  const placeOf = new Map<string, number>(calendar.map((day, place) => [day, place]));
  const lines: string[] = [];
  let rows = 0;
  let bytes = 0;
  const write = async (path: readonly string[], content: Uint8Array): Promise<void> => {
    // not synced one by one: there are tens of thousands, and all of them can be made again
    await onFile(dir, writeFile(join(dir, ...path), content, { flag: 'wx' }));
    bytes += content.length;
  };
  for (const folder of ['calendars', 'instruments', 'features'])
    await onFile(dir, mkdir(join(dir, folder), { recursive: true }));
  for await (const { symbol, bars, factors } of symbols) {
    if (signal?.aborted === true) throw new AppError('interrupted');
    const series = qlibSeries(bars, factors, placeOf);
    if (series === undefined) continue;
    const name = qlibName(symbol);
    const folder = name.toLowerCase();
    await onFile(dir, mkdir(join(dir, 'features', folder)));
    for (const field of QLIB_FIELDS)
      await write(['features', folder, `${field}.day.bin`], binOf(series.start, series.fields[field]));
    lines.push(`${name}\t${calendar[series.start]}\t${calendar[series.end]}`);
    rows += bars.length;
  }
  await write(['calendars', 'day.txt'], textOf(calendar));
  await write(['instruments', 'all.txt'], textOf(lines));
  return { symbols: lines.length, days: calendar.length, rows, bytes };
}

function textOf(lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

/** An empty folder may be filled; one with something in it only by force, and only if it is one of Qlib. */
async function refuseFolder(dir: string, force: boolean): Promise<void> {
  if (!(await exists(dir))) return;
  const entries = await onFile(dir, readdir(dir));
  if (entries.length === 0) return;
  const isQlib = ['calendars', 'features', 'instruments'].every((name) => entries.includes(name));
  if (!force || !isQlib) throw new AppError('file_exists', { file: dir });
}

async function putInPlace(dir: string, fresh: string): Promise<void> {
  if (!(await exists(dir))) return moveDurably(dir, fresh);
  const old = nameBeside(dir);
  await onFile(dir, rename(dir, old));
  try {
    await moveDurably(dir, fresh);
  } catch (error) {
    await rename(old, dir);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}
