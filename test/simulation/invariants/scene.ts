import type { Instant } from '@tapekeeper/core';
import type { Memory } from '../memory/memory.ts';
import type { Eras } from './eras.ts';

/** What invariants look at. */
export interface Scene {
  readonly memory: Memory;
  readonly eras: Eras;
  now(): Instant;
  /**
   * Milliseconds since anything was in the way: a process that was killed or frozen, a fault of store or
   * queue, a machine asleep; 0 while something is, or nobody is there to work.
   */
  calmMs(): number;
}

/** Something that holds at every moment; what breaks it is told, with the facts. */
export interface Invariant {
  readonly name: string;
  readonly check: (scene: Scene) => string | undefined;
}

/** The first thing that is told, if any is. */
export function firstOf<T>(values: Iterable<T>, look: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const told = look(value);
    if (told !== undefined) return told;
  }
  return undefined;
}
