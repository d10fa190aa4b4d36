import { readFile } from 'node:fs/promises';
import { drawCommands, printCommand, type Command } from './commands.ts';
import type { Plantable } from './installation.ts';
import { commandRandom, runSequence } from './runSequence.ts';
import { shrink } from './shrink.ts';

/** A sequence that something did not hold in, with all that is needed to see it again. */
export interface Failure {
  readonly seed: number;
  readonly invariant: string;
  readonly detail: string;
  /** As few commands as show it. */
  readonly commands: readonly Command[];
}

export interface SimulationResult {
  readonly sequences: number;
  readonly turns: number;
  /** Runs by how they ended. */
  readonly ends: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
}

export interface SimulationOptions {
  readonly plant?: (target: Plantable) => void;
  /** It ends after so many failures; 1 where left out. */
  readonly mostFailures?: number;
  /** Whether what is left out of a failing sequence is looked for; it costs some hundred sequences. Default true. */
  readonly shrinks?: boolean;
  readonly say?: (line: string) => void;
}

/** Runs sequences of seeds from the first one on, each judged after every command. */
export async function runSimulation(
  sequences: number,
  firstSeed: number,
  { plant, mostFailures = 1, shrinks = true, say }: SimulationOptions = {},
): Promise<SimulationResult> {
  const failures: Failure[] = [];
  const ends: Record<string, number> = {};
  let turns = 0;
  let done = 0;
  while (done < sequences && failures.length < mostFailures) {
    const seed = firstSeed + done;
    const options = { seed, commands: drawCommands(commandRandom(seed)), plant };
    const result = await runSequence(options);
    done += 1;
    turns += result.turns;
    for (const [state, count] of Object.entries(result.ends)) ends[state] = (ends[state] ?? 0) + count;
    if (result.violation !== undefined) {
      const { name: invariant, detail } = result.violation;
      const commands = shrinks ? await shrink(options, result.violation) : options.commands;
      failures.push({ seed, invariant, detail, commands });
    }
    if (say !== undefined && done % SAY_EVERY === 0) say(`${done} sequences, ${failures.length} failures`);
  }
  return { sequences: done, turns, ends, failures };
}

const SAY_EVERY = 5000;

/** A sequence that once broke an invariant: run first each time, by its commands, whatever the generator draws. */
export interface Regression {
  /** What was wrong. */
  readonly about: string;
  readonly seed: number;
  readonly commands: readonly Command[];
}

const REGRESSIONS = new URL('regressions.json', import.meta.url);

export async function readRegressions(): Promise<readonly Regression[]> {
  return JSON.parse(await readFile(REGRESSIONS, 'utf8')) as readonly Regression[];
}

/** The failure in words, and as an entry of `regressions.json`. */
export function printFailure({ seed, invariant, detail, commands }: Failure): string {
  return [
    `seed ${seed}: ${invariant}`,
    `  ${detail}`,
    ...commands.map((command, at) => `  ${at}. ${printCommand(command)}`),
    `  as a regression: ${JSON.stringify({ about: invariant, seed, commands })}`,
  ].join('\n');
}
