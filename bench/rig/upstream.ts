import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { PlainDay } from '@tapekeeper/core';

interface Span {
  readonly from: PlainDay;
  readonly to: PlainDay;
}

/** Where a replay upstream listens, and the days that it has bars of. */
export interface UpstreamFacts {
  readonly tushareUrl: string;
  readonly baostockUrl: string;
  readonly lastDay: PlainDay;
  readonly tushareSpan: Span;
  readonly baostockSpan: Span;
}

export interface Upstream extends UpstreamFacts {
  stop(): Promise<void>;
}

/**
 * A replay upstream over a folder in a process of its own: on the same cores, as the target says, but
 * its work is not counted as the server's, and its garbage is not collected by it.
 */
export async function startUpstream(folder: string): Promise<Upstream> {
  const child = fork(new URL('./upstreamProcess.ts', import.meta.url), [folder]);
  const ended = once(child, 'exit');
  const facts = await Promise.race([
    once(child, 'message').then(([message]) => message as UpstreamFacts),
    ended.then(([code]) => {
      throw new Error(`the replay upstream over ${folder} ended with code ${String(code)}`);
    }),
  ]);
  return {
    ...facts,
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}
