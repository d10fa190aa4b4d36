import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { AppError } from '@tapekeeper/core';
import type { Clock } from '../ports/clock.ts';
import type { CommandRunner, CommandWish, ReadyCommand } from '../ports/commandRunner.ts';
import { endGroup, hostIdentity, leftoverMembers } from './processGroup.ts';
import { runProgram } from './runProgram.ts';

export interface CommandOptions {
  /** Absolute files of the allowed programs by name; none allows nothing. */
  readonly programs: ReadonlyMap<string, string>;
  /** The folder that programs run in unless told otherwise; made when needed. */
  readonly workDir: string;
  /** Further folders below which they may run. */
  readonly roots: readonly string[];
  /** Where programs find others. */
  readonly path: string;
  /** Address of this server, where it is known. */
  readonly url: string | null;
  /** A text without secrets. */
  readonly mask: (text: string) => string;
  readonly clock: Clock;
  /** Time that a program has to end when it is asked to; default 5 s. */
  readonly graceMs?: number;
}

const GRACE_MS = 5_000;

/** Runs allowed programs: without a shell, with nothing of this process's environment, as a group of their own. */
export function createCommandRunner(options: CommandOptions): CommandRunner {
  const { clock, graceMs = GRACE_MS } = options;
  const host = hostIdentity();
  return {
    programs: [...options.programs.keys()],
    host,
    prepare: (wish) => prepare(options, wish),
    run: (command, work) => {
      const token = randomUUID();
      const env = environmentOf(options, command, token);
      return runProgram(command, { work, env, token, host, clock, graceMs, mask: options.mask });
    },
    async endLeftover(left) {
      const find = leftoverMembers(left);
      if ((await find()).length === 0) return false;
      await endGroup(find, { clock, graceMs });
      return true;
    },
  };
}

async function prepare(options: CommandOptions, wish: CommandWish): Promise<ReadyCommand> {
  const { program, args, runId } = wish;
  const file = options.programs.get(program);
  if (file === undefined) {
    const known = [...options.programs.keys()].join(', ') || '-';
    throw new AppError('command_not_allowed', { program: program.slice(0, 80), known });
  }
  await requireProgram(program, file);
  if (args.some((arg) => arg.includes('\0')))
    throw new AppError('command_unusable', { program, file, message: 'an argument holds a NUL character' });
  return { program, file, args, runId, directory: await requireDirectory(options, wish.directory) };
}

async function requireProgram(program: string, file: string): Promise<void> {
  try {
    if (!(await stat(file)).isFile()) throw new Error('it is no file');
    await access(file, constants.X_OK);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AppError('command_unusable', { program, file, message }, error);
  }
}

/** Links are followed before it is judged where a folder lies. */
async function requireDirectory({ workDir, roots }: CommandOptions, wished: string | null): Promise<string> {
  await mkdir(workDir, { recursive: true, mode: 0o700 });
  if (wished === null) return realpath(workDir);
  const refused = (problem: string): AppError =>
    new AppError('command_directory', {
      directory: wished.slice(0, 200),
      problem,
      roots: [workDir, ...roots].join(', '),
    });
  if (wished.includes('\0')) throw refused('it holds a NUL character');
  const real = await realpath(resolve(workDir, wished)).catch(() => undefined);
  if (real === undefined || !(await stat(real)).isDirectory()) throw refused('there is no such folder');
  for (const root of [workDir, ...roots]) {
    if (isWithin(await realpath(root).catch(() => resolve(root)), real)) return real;
  }
  throw refused('it lies elsewhere');
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Everything that a program gets to know; secrets are not among it. */
function environmentOf(
  { path, workDir, url }: CommandOptions,
  { runId }: ReadyCommand,
  token: string,
): Readonly<Record<string, string>> {
  return {
    PATH: path,
    HOME: workDir,
    LANG: 'C.UTF-8',
    TAPEKEEPER_RUN_ID: String(runId),
    TAPEKEEPER_RUN_TOKEN: token,
    ...(url !== null && { TAPEKEEPER_URL: url }),
  };
}
