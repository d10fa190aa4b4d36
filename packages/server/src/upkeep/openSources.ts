import { builtinCalendar } from '@tapekeeper/core';
import { openWorld, sampleFolder, startReplay } from '@tapekeeper/replay';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Source } from '../ports/source.ts';
import { createSources } from '../sources/createSources.ts';

export interface OpenSources {
  /** In the order of asking. */
  readonly sources: readonly Source[];
  close(): Promise<void>;
}

const REPLAY_TOKEN = 'replay-token';

/**
 * The sources of a configuration without its database: to try a token, or to see what each answers.
 * In replay mode they ask a replay upstream of their own, unless the addresses of one are given.
 */
export async function openSources(config: Config, tushareToken: string | null): Promise<OpenSources> {
  const replays = config.mode === 'replay' && !config.ownUpstreams;
  const replay = replays
    ? await startReplay({ world: await openWorld(config.replayData ?? sampleFolder()) })
    : undefined;
  const all = createSources({
    clock: systemClock,
    tushareUrl: replay?.tushareUrl ?? config.tushareUrl,
    tushareToken: () => tushareToken ?? (config.mode === 'replay' ? REPLAY_TOKEN : undefined),
    baostockUrl: replay?.baostockUrl ?? config.baostockUrl,
    akshareUrl: replay?.akshareUrl ?? config.akshareUrl,
    tradingDays: async (from, to) => builtinCalendar().tradingDays(from, to),
  });
  const sources = config.sources.flatMap((id) => all.get(id) ?? []);
  return {
    sources,
    async close() {
      for (const source of sources) await source.close();
      await replay?.stop();
    },
  };
}
