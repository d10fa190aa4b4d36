import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { AppError } from '@tapekeeper/core';
import type { Clock } from '../ports/clock.ts';
import type { CommandEnd, CommandLine, CommandWork, ReadyCommand } from '../ports/commandRunner.ts';
import { lineSplitter } from './lineSplitter.ts';
import { birthOf, endGroup, ownMembers } from './processGroup.ts';

export interface ProgramRun {
  readonly work: CommandWork;
  readonly env: Readonly<Record<string, string>>;
  /** Also in the environment. */
  readonly token: string;
  readonly host: string;
  readonly clock: Clock;
  readonly graceMs: number;
  readonly mask: (text: string) => string;
}

/** Bytes of lines that are kept of one program. */
export const OUTPUT_BYTES = 10 * 1024 * 1024;
const ERROR_TAIL = 500;
/** A process that has left the group may hold the output open: without a word for this long it is left alone. */
const IDLE_OUTPUT_MS = 1_000;

/**
 * Runs a program as the leader of a group of its own, and ends whatever is left of the group when it is
 * over, was told to stop, or its lines were not taken. Raises `command_unusable`, and what the callbacks
 * raise; nothing of the program runs then.
 */
export async function runProgram(command: ReadyCommand, run: ProgramRun): Promise<CommandEnd> {
  const { work, token, host, clock, graceMs } = run;
  await work.onStart({ host, pid: 0, birth: '', token });
  if (work.signal.aborted) throw new AppError('interrupted');
  const startedAt = clock.monotonic();
  const { child, pid } = await begin(command, run);
  const exit = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>;
  const members = ownMembers(pid, token);
  let ending: Promise<void> | undefined;
  const endAll = (): Promise<void> => (ending ??= endGroup(members, { clock, graceMs }));
  const onAbort = (): void => void endAll();
  let failure: { readonly thrown: unknown } | undefined;
  const fail = (thrown: unknown): void => {
    failure ??= { thrown };
    void endAll();
  };
  work.signal.addEventListener('abort', onAbort, { once: true });
  const output = takeOutput(child, run, fail);
  try {
    await birthOf(pid)
      .then((birth) => work.onStart({ host, pid, birth, token }))
      .catch(fail);
    if (work.signal.aborted) onAbort();
    const [exitCode, signal] = await exit;
    const durationMs = clock.monotonic() - startedAt;
    await ending;
    // of a program that ended by itself, what it began may still run
    await endGroup(members, { clock, graceMs });
    const told = await output.ended();
    if (failure !== undefined) throw failure.thrown;
    return { exitCode, signal, durationMs, ...told };
  } finally {
    work.signal.removeEventListener('abort', onAbort);
  }
}

async function begin(
  { program, file, args, directory }: ReadyCommand,
  { env }: ProgramRun,
): Promise<{ readonly child: ChildProcess; readonly pid: number }> {
  try {
    const child = spawn(file, args, {
      cwd: directory,
      env,
      // a group of its own, which can be ended as a whole
      detached: true,
      shell: false,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    await once(child, 'spawn');
    if (child.pid === undefined) throw new Error('it has no process');
    return { child, pid: child.pid };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AppError('command_unusable', { program, file, message }, error);
  }
}

type Told = Pick<CommandEnd, 'outputLines' | 'cut' | 'errorTail'>;

/** Reads both outputs line by line; whoever takes the lines makes the program wait. */
function takeOutput(
  child: ChildProcess,
  { work, clock, mask }: ProgramRun,
  fail: (thrown: unknown) => void,
): { ended(): Promise<Told> } {
  let outputLines = 0;
  let bytes = 0;
  let cut = false;
  let errorTail = '';
  let heardAt = clock.monotonic();
  let taking = 0;
  let isOver = false;

  const hand = async (lines: readonly CommandLine[]): Promise<void> => {
    outputLines += lines.length;
    if (cut || lines.length === 0) return;
    const kept: CommandLine[] = [];
    for (const line of lines) {
      bytes += Buffer.byteLength(line.text);
      cut = bytes > OUTPUT_BYTES;
      if (cut) break;
      kept.push(line);
    }
    if (cut)
      kept.push({ stream: 'warn', text: `output beyond ${OUTPUT_BYTES / 1024 / 1024} MiB is not kept` });
    taking += 1;
    try {
      await work.onLines(kept);
    } finally {
      taking -= 1;
    }
  };
  const take = async (stream: 'out' | 'err', readable: Readable): Promise<void> => {
    const splitter = lineSplitter(mask);
    const handAll = (texts: readonly string[]): Promise<void> => {
      if (stream === 'err')
        errorTail = `${errorTail}${texts.map((text) => `${text}\n`).join('')}`.slice(-ERROR_TAIL);
      return hand(texts.map((text) => ({ stream, text })));
    };
    try {
      for await (const chunk of readable as AsyncIterable<Uint8Array>) {
        heardAt = clock.monotonic();
        await handAll(splitter.push(chunk));
      }
      await handAll(splitter.end());
    } catch (thrown) {
      if (!isOver) fail(thrown);
    }
  };
  const readers = [take('out', child.stdout as Readable), take('err', child.stderr as Readable)];
  const all = Promise.all(readers).then(() => true);
  return {
    async ended() {
      for (;;) {
        const waiting = new AbortController();
        const pause = clock.sleep(IDLE_OUTPUT_MS, waiting.signal).then(
          () => false,
          () => false,
        );
        const allRead = await Promise.race([all, pause]);
        waiting.abort();
        if (allRead || (taking === 0 && clock.monotonic() - heardAt >= IDLE_OUTPUT_MS)) break;
      }
      isOver = true;
      child.stdout?.destroy();
      child.stderr?.destroy();
      return { outputLines, cut, errorTail };
    },
  };
}
