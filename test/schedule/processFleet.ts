import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { below, type Random } from '../chaos/random.ts';
import type { Fleet } from './trial.ts';

const PROGRAM = fileURLToPath(new URL('./schedulerProcess.ts', import.meta.url));
const HOUR = 3_600_000;

export interface ProcessFleet extends Fleet {
  /** Times that a process was killed at whatever it was doing. */
  readonly kills: number;
  /** What the processes complained of. */
  readonly complaints: readonly string[];
}

/** Schedulers in processes of their own, with wrong clocks; a disturbance kills one, and another takes its place. */
export function openProcessFleet(url: string, count: number, random: Random): ProcessFleet {
  const children = new Set<ChildProcess>();
  const complaints: string[] = [];
  let kills = 0;
  const launch = async (): Promise<void> => {
    const skewMs = below(random, 28 * HOUR) - 2 * HOUR;
    const child = spawn(process.execPath, [PROGRAM, url, String(skewMs)], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.on('error', () => {});
    createInterface({ input: child.stderr }).on('line', (line) => complaints.push(line));
    const ended = once(child, 'exit').then(() => {
      throw new Error(`a scheduler ended before it was ready:\n${complaints.slice(-5).join('\n')}`);
    });
    ended.catch(() => {});
    await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
    children.add(child);
  };
  const end = async (child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    children.delete(child);
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return {
    get kills() {
      return kills;
    },
    complaints,
    start: async () => void (await Promise.all(Array.from({ length: count }, launch))),
    stop: async () => void (await Promise.all([...children].map((child) => end(child, 'SIGTERM')))),
    async disturb() {
      const victim = [...children][below(random, children.size)];
      if (victim === undefined) return;
      kills += 1;
      await end(victim, 'SIGKILL');
      await launch();
    },
  };
}
