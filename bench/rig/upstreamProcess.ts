import { openWorld, startReplay } from '@tapekeeper/replay';
import type { UpstreamFacts } from './upstream.ts';

// Serves the folder of its argument over the real protocols, in a process of its own, until it is told to end.
const world = await openWorld(process.argv[2] ?? '');
const replay = await startReplay({ world });
const facts: UpstreamFacts = {
  tushareUrl: replay.tushareUrl,
  baostockUrl: replay.baostockUrl,
  lastDay: world.lastDay,
  tushareSpan: { from: world.tushare.firstDay, to: world.tushare.lastDay },
  baostockSpan: { from: world.baostock.firstDay, to: world.baostock.lastDay },
};
process.send?.(facts);
process.once('disconnect', () => process.exit(0));
