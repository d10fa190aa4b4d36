import { below, type Random } from '../chaos/random.ts';
import { TimerHeap } from './timerHeap.ts';

/** Whose promises they are: a process that may be killed or frozen. Tests and the database have none. */
export interface Actor {
  readonly name: string;
  alive: boolean;
  frozen: boolean;
}

interface Step {
  readonly actor: Actor;
  readonly label: string;
  readonly go: () => void;
}

export interface Interleaving {
  /** Virtual milliseconds since the beginning. */
  elapsed(): number;
  /**
   * Something that an actor has the outside do: `work` is done in one piece when its turn comes. Now and
   * then the answer takes a turn of its own: a process that is killed or frozen meanwhile does not hear it
   * (in time), though the work is done. Of a killed actor nothing is settled any more.
   */
  call<T>(actor: Actor, label: string, work: () => T, latencyMs?: number): Promise<T>;
  /** Calls back after a time, in a turn of its own; the result takes it back. */
  after(actor: Actor, label: string, ms: number, go: () => void): () => void;
  /** Lets turns be taken until nothing is ready and the time is up. */
  advance(ms: number): Promise<void>;
  /** Turns taken so far. */
  turns(): number;
  /** A number that is the same only for the same turns in the same order. */
  trace(): number;
}

export interface InterleavingOptions {
  readonly random: Random;
  /** Called after each turn and the promises that it settled. */
  readonly onTurn?: (label: string) => void;
  /** More turns than this without time going by are an endless loop. */
  readonly mostTurnsAtATime?: number;
}

const MOST_TURNS_AT_A_TIME = 20_000;

/** Share of the calls that have left their process, and whose answer is on the way for a while. */
const WIRE_SHARE = 0.2;
const WIRE: Actor = { name: 'wire', alive: true, frozen: false };

/** Resolves when no settled promise has anything left to do. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * The one scheduler of promises and time: of all that is ready, a seeded draw decides what goes on next;
 * time moves on only when nothing is ready. The same seed takes the same turns.
 */
export function createInterleaving(options: InterleavingOptions): Interleaving {
  const { random, onTurn } = options;
  const ready: Step[] = [];
  const timers = new TimerHeap<Step>();
  let elapsed = 0;
  let turns = 0;
  let trace = 0x811c9dc5;

  const note = (label: string): void => {
    for (let at = 0; at < label.length; at++)
      trace = Math.imul(trace ^ label.charCodeAt(at), 0x01000193) >>> 0;
  };

  /** Draws one of the ready steps; steps of the frozen stay, those of the dead go. */
  const draw = (): Step | undefined => {
    const start = below(random, ready.length);
    for (let tried = 0; tried < ready.length;) {
      const at = (start + tried) % ready.length;
      const step = ready[at] as Step;
      if (!step.actor.alive) {
        removeAt(ready, at);
        continue;
      }
      if (!step.actor.frozen) return removeAt(ready, at);
      tried += 1;
    }
    return undefined;
  };

  const take = async (step: Step): Promise<void> => {
    turns += 1;
    note(`${step.actor.name} ${step.label} ${elapsed}`);
    step.go();
    await settled();
    onTurn?.(step.label);
  };

  const put = (step: Step, latencyMs: number): void => {
    if (latencyMs > 0) timers.push(elapsed + latencyMs, step);
    else ready.push(step);
  };

  return {
    elapsed: () => elapsed,
    turns: () => turns,
    trace: () => trace,
    call<T>(actor: Actor, label: string, work: () => T, latencyMs = 0): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const isOnTheWire = random() < WIRE_SHARE;
        const tell = isOnTheWire
          ? (go: () => void): void => void ready.push({ actor, label: `${label} answered`, go })
          : (go: () => void): void => go();
        const go = (): void => {
          try {
            const result = work();
            tell(() => resolve(result));
          } catch (error) {
            tell(() => reject(error as Error));
          }
        };
        put({ actor: isOnTheWire ? WIRE : actor, label, go }, latencyMs);
      });
    },
    after(actor, label, ms, go) {
      let isOff = false;
      put({ actor, label, go: () => void (isOff || go()) }, Math.max(ms, 0.001));
      return () => {
        isOff = true;
      };
    },
    async advance(ms) {
      const end = elapsed + ms;
      const most = options.mostTurnsAtATime ?? MOST_TURNS_AT_A_TIME;
      let since = turns;
      // what the caller has set going asks for its first turn only now
      await settled();
      for (;;) {
        const step = ready.length > 0 ? draw() : undefined;
        if (step !== undefined) {
          await take(step);
          if (turns - since > most)
            throw new Error(`${most} turns without time going by, the last: ${step.label}`);
          continue;
        }
        const next = timers.peek();
        if (next === undefined || next > end) break;
        if (next > elapsed) since = turns;
        elapsed = Math.max(elapsed, next);
        ready.push(timers.pop() as Step);
      }
      elapsed = end;
    },
  };
}

/** Takes one out of a list whose order means nothing. */
function removeAt(steps: Step[], at: number): Step {
  const step = steps[at] as Step;
  const last = steps.pop() as Step;
  if (at < steps.length) steps[at] = last;
  return step;
}
