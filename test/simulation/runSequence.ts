import { seededRandom } from '../chaos/random.ts';
import { printCommand, type Command } from './commands.ts';
import { FAIR } from './faults.ts';
import { createInstallation, type Installation, type Plantable } from './installation.ts';
import { createCallWatch } from './invariants/callWatch.ts';
import { createEras } from './invariants/eras.ts';
import { FIRE_INVARIANTS } from './invariants/fires.ts';
import { ROW_INVARIANTS } from './invariants/rows.ts';
import { RUN_INVARIANTS } from './invariants/runs.ts';
import type { Invariant, Scene } from './invariants/scene.ts';
import { createTurnWatch, type Violation } from './invariants/turnWatch.ts';
import type { Memory } from './memory/memory.ts';
import { isOver } from './memory/runs.ts';
import type { CallWatch } from './process.ts';
import { healthy, nextMoment, runCommand } from './runCommand.ts';

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

const INVARIANTS: readonly Invariant[] = [...RUN_INVARIANTS, ...FIRE_INVARIANTS, ...ROW_INVARIANTS];

/** Turns in which nothing can be written. */
const IDLE: ReadonlySet<string> = new Set(['sleep', 'poll', 'beat', 'take dispatch', 'finish dispatch', 'msUntilDue']);

/** Commands after which the clock of calm begins anew. */
const DISTURBING: ReadonlySet<Command['do']> = new Set<Command['do']>([
  'kill',
  'stop',
  'freeze',
  'thaw',
  'all sleep',
  'store faults',
  'queue faults',
]);

/** Does the commands one after the other, then lets the weather clear up; everything has to hold all the while. */
export async function runSequence({ seed, commands, plant, say }: SequenceOptions): Promise<SequenceResult> {
  let violation: SequenceResult['violation'];
  let after = -1;
  const tell = (told: Violation | undefined): void => {
    if (told !== undefined) violation ??= { ...told, after };
  };
  let watch: ReturnType<typeof createTurnWatch> | undefined;
  let callWatch: ReturnType<typeof createCallWatch> | undefined;
  const installation = createInstallation({
    seed,
    processes: 1 + (seed % 4 === 0 ? 2 : 1),
    plant,
    onTurn: (label) => void (violation === undefined && !IDLE.has(label) && tell(watch?.look(label))),
    onCall: (actor, name, input) => {
      const judged = callWatch?.(name, input);
      return say === undefined ? judged : saying(say, `${seconds()} ${actor.name} ${name}`, input, judged);
    },
  });
  const { memory, interleaving, mistakes } = installation;
  watch = createTurnWatch(memory);
  callWatch = createCallWatch(memory, tell);
  const seconds = (): string => (interleaving.elapsed() / 1000).toFixed(2);
  let disturbedAt = 0;
  const scene: Scene = {
    memory,
    eras: createEras(memory),
    now: memory.now,
    calmMs: () => (isFair(installation) ? interleaving.elapsed() - disturbedAt : 0),
  };
  const judge = (): void => {
    if (mistakes[0] !== undefined) tell({ name: 'no use case makes a mistake', detail: mistakes[0] });
    for (const { name, check } of INVARIANTS) {
      if (violation !== undefined) return;
      const detail = check(scene);
      if (detail !== undefined) tell({ name, detail });
    }
  };

  try {
    for (const command of commands) {
      after += 1;
      say?.(`${seconds()} ## ${after} ${printCommand(command)}`);
      const jobs = command.do === 'trigger job' ? jobRows(memory) : undefined;
      await runCommand(installation, command);
      if (jobs !== undefined && jobs !== jobRows(memory))
        tell({ name: 'a run by hand leaves its job as it is', detail: jobRows(memory) });
      watch.forget();
      scene.eras.note();
      if (DISTURBING.has(command.do) || !isFair(installation)) disturbedAt = interleaving.elapsed();
      judge();
      if (violation !== undefined) break;
    }
    if (violation === undefined) await clearUp();
  } catch (error) {
    tell({ name: 'the simulation goes on', detail: error instanceof Error ? (error.stack ?? '') : String(error) });
  }

  /** Faults off, everybody back, no new fires: now everything has to come to its end. */
  async function clearUp(): Promise<void> {
    after = commands.length;
    say?.(`${seconds()} ## fair weather`);
    Object.assign(installation.faults, FAIR);
    installation.weather.clear();
    for (const process of installation.processes) process.thaw();
    bringBack(installation);
    for (const job of memory.tables.jobs.values())
      if (job.state === 'enabled') installation.calls.setJobState?.(job.id, 'disabled', 'nobody', nextMoment);
    scene.eras.note();
    disturbedAt = interleaving.elapsed();
    const open = () => [...memory.tables.runs.values()].filter((run) => !isOver(run));
    const end = interleaving.elapsed() + FIRST_MINUTES * 60_000 + open().length * RUN_MS;
    while (violation === undefined && open().length > 0 && interleaving.elapsed() < end) {
      for (const run of open())
        if (run.pauseAskedAt !== null && run.stop === null) installation.calls.continueRun?.(run.id, 'nobody');
      watch?.forget();
      await interleaving.advance(STEP_MS);
      bringBack(installation);
      judge();
    }
    const left = open()[0];
    if (left !== undefined) {
      const detail = `run ${left.id} (${left.type}) is ${left.state}, ${left.reason}`;
      tell({ name: 'in fair weather every run comes to its end', detail });
    }
  }

  const ends: Record<string, number> = {};
  for (const { state } of memory.tables.runs.values()) ends[state] = (ends[state] ?? 0) + 1;
  for (const process of installation.processes) process.kill();
  return { violation, turns: interleaving.turns(), trace: interleaving.trace(), ends };
}

function saying(
  say: (line: string) => void,
  what: string,
  input: readonly unknown[],
  watch: CallWatch | undefined,
): CallWatch {
  const asked = JSON.stringify(input)?.slice(0, LONGEST);
  return {
    begins: () => watch?.begins(),
    ends(output) {
      watch?.ends(output);
      say(`${what} ${asked} => ${JSON.stringify(output)?.slice(0, LONGEST)}`);
    },
    refused(error) {
      watch?.refused(error);
      say(`${what} ${asked} !! ${String(error)}`);
    },
    heard: (output) => watch?.heard(output),
  };
}

const LONGEST = 200;

function bringBack({ processes, restart }: Installation): void {
  for (const [place, { actor }] of processes.entries()) if (!actor.alive) restart(place);
}

function jobRows({ tables }: Memory): string {
  return JSON.stringify([...tables.jobs.values()]);
}

const STEP_MS = 10_000;
const FIRST_MINUTES = 10;
const RUN_MS = 60_000;

function isFair({ faults, processes }: Installation): boolean {
  return Object.values(faults).every((share) => share === 0) && processes.some(healthy);
}

/** The random numbers that draw the commands of a seed, apart from those that interleave. */
export function commandRandom(seed: number): ReturnType<typeof seededRandom> {
  return seededRandom(Math.imul(seed, 0x9e3779b1) >>> 0);
}
