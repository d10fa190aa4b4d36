import type { Command, CommanderError } from 'commander';
import { AppError } from '@tapekeeper/core';
import type { Say, TextKey } from './texts.ts';

/** What commander calls a fault, and how we put it. */
const PROBLEMS: Readonly<Record<string, TextKey>> = {
  'commander.unknownCommand': 'usage.unknownCommand',
  'commander.unknownOption': 'usage.unknownOption',
  'commander.missingArgument': 'usage.missingArgument',
  'commander.optionMissingArgument': 'usage.optionMissingArgument',
  'commander.excessArguments': 'usage.excessArguments',
  'commander.invalidArgument': 'usage.invalidArgument',
};

/** A command line that cannot be read, as an error of ours in the language of the user. */
export function usageError(
  error: CommanderError,
  argv: readonly string[],
  program: Command,
  say: Say,
): AppError {
  const [, what = ''] = /'([^']*)'/.exec(error.message) ?? [];
  const [, near] = /Did you mean (?:one of )?(.*?)\?/.exec(error.message) ?? [];
  const key = PROBLEMS[error.code];
  const problem = key === undefined ? error.message.replace(/^error: /, '') : say(key, { what });
  const hint = near === undefined ? '' : say('usage.didYouMean', { near });
  const named = program.commands.find((command) => argv.includes(command.name()))?.name();
  return new AppError('usage', { problem: problem + hint, command: named === undefined ? '' : `${named} ` });
}
