import { serveReplay } from '@tapekeeper/server/upkeep/serveReplay';
import type { Context } from '../context.ts';
import { readSettings } from '../settings.ts';

/** A demo whose upstream runs; its context asks that. */
export interface Demo {
  readonly context: Context;
  close(): Promise<void>;
}

/**
 * Starts the replay upstream of the demo on loopback. The days of its data are the default span of the
 * collection, and its last day is the day that the market has.
 */
export async function openDemo(context: Context): Promise<Demo> {
  const { config, options } = context;
  if (config.ownUpstreams) return { context, close: async () => {} };
  const replay = await serveReplay({ folder: config.replayData ?? undefined });
  const { tushareUrl, baostockUrl, akshareUrl, firstDay, lastDay } = replay;
  const defaults = { logLevel: config.logLevel, historyFrom: firstDay, marketDay: lastDay };
  const settings = readSettings({ ...options, tushareUrl, baostockUrl, akshareUrl }, defaults);
  return { context: { ...context, config: settings }, close: () => replay.stop() };
}
