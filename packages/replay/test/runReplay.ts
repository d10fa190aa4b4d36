import { onTestFinished } from 'vitest';
import { type Replay, type ReplayOptions, startReplay } from '../src/replay.ts';

/** Running servers that stop when the test ends. */
export async function runReplay(options: ReplayOptions): Promise<Replay> {
  const replay = await startReplay(options);
  onTestFinished(() => replay.stop());
  return replay;
}
