import type { Command } from './commands.ts';
import { runSequence, type SequenceOptions, type SequenceResult } from './runSequence.ts';

/** Sequences that one shrinking may cost. */
const MOST_TRIES = 200;

/** Fewer commands that break the same invariant: what can be left out is. */
export async function shrink(
  options: SequenceOptions,
  violation: NonNullable<SequenceResult['violation']>,
): Promise<readonly Command[]> {
  let commands = options.commands.slice(0, violation.after);
  let tries = 0;
  for (let size = Math.ceil(commands.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < commands.length && tries < MOST_TRIES; tries++) {
      const fewer = commands.toSpliced(at, size);
      const result = await runSequence({ ...options, commands: fewer });
      if (result.violation?.name === violation.name) commands = fewer;
      else at += size;
    }
  }
  return commands;
}
