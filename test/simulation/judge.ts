import type { Command } from './commands.ts';
import type { Installation } from './installation.ts';
import { createCallWatch } from './invariants/callWatch.ts';
import { createEras } from './invariants/eras.ts';
import { FIRE_INVARIANTS } from './invariants/fires.ts';
import { ROW_INVARIANTS } from './invariants/rows.ts';
import { RUN_INVARIANTS } from './invariants/runs.ts';
import type { Invariant, Scene } from './invariants/scene.ts';
import { createTurnWatch, type Violation } from './invariants/turnWatch.ts';
import { healthy } from './runCommand.ts';

const INVARIANTS: readonly Invariant[] = [...RUN_INVARIANTS, ...FIRE_INVARIANTS, ...ROW_INVARIANTS];

/** Turns in which nothing can be written. */
const IDLE: ReadonlySet<string> = new Set([
  'sleep',
  'poll',
  'beat',
  'take dispatch',
  'finish dispatch',
  'msUntilDue',
]);

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

/** Looks on, and keeps the first thing that does not hold. */
export interface Judge {
  readonly violation: () => Violation | undefined;
  readonly tell: (violation: Violation) => void;
  /** Somebody has done something: what changed by it is his doing. */
  readonly noteCommand: (command: Command['do'] | undefined) => void;
  /** Looks whether everything holds. */
  readonly look: () => void;
  readonly onTurn: (label: string) => void;
  readonly onCall: ReturnType<typeof createCallWatch>;
}

export function createJudge(installation: Installation): Judge {
  const { memory, interleaving, mistakes } = installation;
  let violation: Violation | undefined;
  let disturbedAt = 0;
  const tell = (told: Violation): void => void (violation ??= told);
  const turns = createTurnWatch(memory);
  const scene: Scene = {
    memory,
    eras: createEras(memory),
    now: memory.now,
    calmMs: () => (isFair(installation) ? interleaving.elapsed() - disturbedAt : 0),
  };
  return {
    violation: () => violation,
    tell,
    noteCommand(command) {
      turns.forget();
      scene.eras.note();
      if (command === undefined || DISTURBING.has(command) || !isFair(installation))
        disturbedAt = interleaving.elapsed();
    },
    look() {
      if (mistakes[0] !== undefined) tell({ name: 'no use case makes a mistake', detail: mistakes[0] });
      for (const { name, check } of INVARIANTS) {
        const detail = violation === undefined ? check(scene) : undefined;
        if (detail !== undefined) tell({ name, detail });
      }
    },
    onTurn(label) {
      const told = violation !== undefined || IDLE.has(label) ? undefined : turns.look(label);
      if (told !== undefined) tell(told);
    },
    onCall: createCallWatch(memory, tell),
  };
}

function isFair({ faults, processes }: Installation): boolean {
  return Object.values(faults).every((share) => share === 0) && processes.some(healthy);
}
