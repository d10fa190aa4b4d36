import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a process full of clients is told at its start. */
export interface CrowdOrder {
  readonly url: string;
  readonly token: string;
  readonly clients: number;
  /** Number of the first client, which decides what it follows. */
  readonly from: number;
  /** Client n follows the run of number n modulo this, and one topic that all follow. */
  readonly runs: number;
  /** Number of the first run; 0 by default. */
  readonly firstRun?: number;
  readonly everybody: string;
}

/** What became of its clients, once all of them had everything up to a number. */
export interface CrowdResult {
  /** Events that each client knows of, by the run that it follows: least and most. */
  readonly counts: Readonly<Record<number, { readonly least: number; readonly most: number }>>;
  /** Clients that got a number twice, or an event of something else, or were closed. */
  readonly faulty: number;
  /** From the moment that is in the payload until a client had it, in milliseconds; a sample of all. */
  readonly latencies: readonly number[];
}

export type CrowdQuestion = { readonly ask: 'until'; readonly upTo: number } | { readonly ask: 'end' };
export type CrowdAnswer =
  | { readonly say: 'connected'; readonly ms: number }
  | ({ readonly say: 'result' } & CrowdResult);

/** Clients in a process of their own, so that what they cost is not what is measured. */
export interface Crowd {
  /** From the first connection to the last answer. */
  readonly connectMs: number;
  until(upTo: number): Promise<CrowdResult>;
  leave(): Promise<void>;
}

export async function gather(order: CrowdOrder): Promise<Crowd> {
  const file = fileURLToPath(new URL('crowdProcess.ts', import.meta.url));
  const child = fork(file, [JSON.stringify(order)], { execArgv: [] });
  const { ms } = await answerOf(child, 'connected');
  return {
    connectMs: ms,
    async until(upTo) {
      child.send({ ask: 'until', upTo } satisfies CrowdQuestion);
      return answerOf(child, 'result');
    },
    async leave() {
      const gone = once(child, 'exit');
      child.send({ ask: 'end' } satisfies CrowdQuestion);
      await gone;
    },
  };
}

async function answerOf<Say extends CrowdAnswer['say']>(
  child: ChildProcess,
  say: Say,
): Promise<Extract<CrowdAnswer, { say: Say }>> {
  const died = once(child, 'exit').then(() => {
    throw new Error('the process of the clients has died');
  });
  const [answer] = (await Promise.race([once(child, 'message'), died])) as [CrowdAnswer];
  died.catch(() => {});
  if (answer.say !== say) throw new Error(`the clients said ${answer.say} instead of ${say}`);
  return answer as Extract<CrowdAnswer, { say: Say }>;
}
