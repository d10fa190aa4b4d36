import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { claimFirst, newRun } from '../conformance/store/stand.ts';
import { addWorker } from '../support/queue.ts';
import { until } from '../support/until.ts';
import type { WorkerFacts } from '../../packages/server/src/ports/explainStore.ts';
import { useExplainStand } from './stand.ts';

const PROGRAM = fileURLToPath(new URL('./beatingProcess.ts', import.meta.url));

const stand = useExplainStand();
const begun: ChildProcess[] = [];

afterEach(async () => {
  for (const child of begun.splice(0)) {
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
  }
});

/** A process of its own that beats for a worker. */
async function beating(): Promise<{ readonly child: ChildProcess; readonly workerId: number }> {
  const child = spawn(process.execPath, [PROGRAM, stand().url], { stdio: ['ignore', 'pipe', 'inherit'] });
  begun.push(child);
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  const { workerId } = JSON.parse(line.toString()) as { workerId: number };
  return { child, workerId };
}

async function factsOf(workerId: number): Promise<WorkerFacts> {
  const found = (await stand().deps.store.workersFor([workerId])).find(({ id }) => id === workerId);
  if (found === undefined) throw new Error(`there is no worker ${workerId}`);
  return found;
}

describe('a worker of another process', () => {
  it('tells how it feels with its beats, and is told to be silent when it is frozen', async () => {
    await stand().setClock('2026-11-20', '17:00');
    const { child, workerId } = await beating();
    await until(async () => (await factsOf(workerId)).vitals !== null);
    const { vitals, pid } = await factsOf(workerId);
    expect(pid).toBe(child.pid);
    expect(vitals).toMatchObject({ slots: 3, calls: [] });
    expect(vitals?.rssBytes).toBeGreaterThan(10_000_000);
    expect(vitals?.heapBytes).toBeGreaterThan(1_000_000);
    const runId = await stand().deps.store.createRun(newRun());
    await claimFirst(stand().deps.store, runId, 0, workerId);
    expect((await stand().explainRun(runId)).verdict).toBe('working');

    child.kill('SIGSTOP');
    await stand().setClock('2026-11-20', '17:00:30');
    // the beat that was under way may still arrive
    await stand().setClock('2026-11-20', '17:01');
    await addWorker(stand().deps.store);
    await until(async () => (await stand().explainRun(runId)).verdict === 'worker_silent');
    const { text } = await stand().explainRun(runId);
    expect(text.en).toContain(`Worker ${workerId} (node-b:/data, pid ${child.pid}) has been silent for`);
    expect(text.zh).toContain(`工作者 ${workerId}（node-b:/data, pid ${child.pid}）`);
  });

  it('is told by its own thread to stand still when its main loop does', async () => {
    await stand().setClock('2026-11-20', '17:00');
    const { child, workerId } = await beating();
    await until(async () => (await factsOf(workerId)).vitals !== null);
    const runId = await stand().deps.store.createRun(newRun());
    await claimFirst(stand().deps.store, runId, 0, workerId);
    child.kill('SIGUSR2');
    await until(async () => (await stand().explainRun(runId)).verdict === 'worker_stuck');
    const { text, workers } = await stand().explainRun(runId);
    expect(text.en).toContain('The main loop of Worker');
    const worker = workers.find(({ id }) => id === workerId);
    expect(worker?.stuckMs).toBeGreaterThanOrEqual(5000);
    expect(worker?.alive).toBe(true);
  });
});
