import { seededRandom } from '../chaos/random.ts';
import { printCommand, type Command } from './commands.ts';
import { FAIR } from './faults.ts';
import { createInstallation, type Installation, type Plantable } from './installation.ts';
import type { Violation } from './invariants/turnWatch.ts';
import { createJudge, type Judge } from './judge.ts';
import type { Memory } from './memory/memory.ts';
import { isOver } from './memory/runs.ts';
import type { RunRow } from './memory/tables.ts';
import { nextMoment, runCommand } from './runCommand.ts';
import { writtenDown } from './transcript.ts';

export interface SequenceResult {
  /** What did not hold, and after which command; undefined where all did. */
  readonly violation: (Violation & { readonly after: number }) | undefined;
  readonly turns: number;
  /** The same for the same turns in the same order. */
  readonly trace: number;
  /** Runs by how they ended. */
  readonly ends: Readonly<Record<string, number>>;
}

export interface SequenceOptions {
  readonly seed: number;
  readonly commands: readonly Command[];
  readonly plant?: ((target: Plantable) => void) | undefined;
  /** Told of every command and every call of the store, to see how a violation comes about. */
  readonly say?: ((line: string) => void) | undefined;
}

/** Does the commands one after the other, then lets the weather clear up; everything has to hold all the while. */
export async function runSequence({ seed, commands, plant, say }: SequenceOptions): Promise<SequenceResult> {
  const installation = await createInstallation({ seed, processes: seed % 4 === 0 ? 3 : 2, plant });
  const { memory, interleaving, observer } = installation;
  const judge = createJudge(installation);
  const seconds = (): string => (interleaving.elapsed() / 1000).toFixed(2);
  observer.onTurn = judge.onTurn;
  observer.onCall = (actor, name, input) => {
    const watch = judge.onCall(name, input);
    return say === undefined ? watch : writtenDown(say, `${seconds()} ${actor.name} ${name}`, input, watch);
  };
  let after = 0;
  try {
    for (; after < commands.length && judge.violation() === undefined; after++) {
      const command = commands[after] as Command;
      say?.(`${seconds()} ## ${after} ${printCommand(command)}`);
      await doCommand(installation, judge, command);
    }
    if (judge.violation() === undefined) {
      say?.(`${seconds()} ## fair weather`);
      await clearUp(installation, judge);
    }
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
    judge.tell({ name: 'the simulation goes on', detail });
  }
  const ends: Record<string, number> = {};
  for (const { state } of memory.tables.runs.values()) ends[state] = (ends[state] ?? 0) + 1;
  for (const process of installation.processes) process.kill();
  const violation = judge.violation();
  return {
    violation: violation && { ...violation, after },
    turns: interleaving.turns(),
    trace: interleaving.trace(),
    ends,
  };
}

async function doCommand(installation: Installation, judge: Judge, command: Command): Promise<void> {
  const { memory } = installation;
  const before = command.do === 'trigger job' ? jobRows(memory) : undefined;
  await runCommand(installation, command);
  if (before !== undefined && before !== jobRows(memory))
    judge.tell({ name: 'a run by hand leaves its job as it is', detail: jobRows(memory) });
  judge.noteCommand(command.do);
  judge.look();
}

const STEP_MS = 10_000;
const FIRST_MS = 600_000;
const RUN_MS = 60_000;

/** Faults off, everybody back, no new fires: now everything has to come to its end, in bounded time. */
async function clearUp(installation: Installation, judge: Judge): Promise<void> {
  const { memory, interleaving, calls, faults, weather, processes } = installation;
  Object.assign(faults, FAIR);
  weather.clear();
  for (const process of processes) process.thaw();
  bringBack(installation);
  for (const job of memory.tables.jobs.values())
    if (job.state === 'enabled') calls.setJobState?.(job.id, 'disabled', 'nobody', nextMoment);
  judge.noteCommand(undefined);
  const end = interleaving.elapsed() + FIRST_MS + openRuns(memory).length * RUN_MS;
  while (judge.violation() === undefined && openRuns(memory).length > 0 && interleaving.elapsed() < end) {
    for (const run of openRuns(memory))
      if (run.pauseAskedAt !== null && run.stop === null) calls.continueRun?.(run.id, 'nobody');
    judge.noteCommand('continue run');
    await interleaving.advance(STEP_MS);
    bringBack(installation);
    judge.look();
  }
  const left = openRuns(memory)[0];
  if (left === undefined) return;
  const detail = `run ${left.id} (${left.type}) is ${left.state}, ${left.reason}`;
  judge.tell({ name: 'in fair weather every run comes to its end', detail });
}

function openRuns({ tables }: Memory): readonly RunRow[] {
  return [...tables.runs.values()].filter((run) => !isOver(run));
}

function bringBack({ processes, restart }: Installation): void {
  for (const [place, { actor }] of processes.entries()) if (!actor.alive) restart(place);
}

function jobRows({ tables }: Memory): string {
  return JSON.stringify([...tables.jobs.values()]);
}

/** The random numbers that draw the commands of a seed, apart from those that interleave. */
export function commandRandom(seed: number): ReturnType<typeof seededRandom> {
  return seededRandom(Math.imul(seed, 0x9e3779b1) >>> 0);
}
