import type { CommandProcess } from './taskStore.ts';

/** A program to be run, its words checked by nobody yet. */
export interface CommandWish {
  /** Name of an allowed program. */
  readonly program: string;
  readonly args: readonly string[];
  /** The work folder where left out. */
  readonly directory: string | null;
  readonly runId: number;
}

/** What a program is run as: the file, the folder, and what it is told of its run. */
export interface ReadyCommand {
  readonly program: string;
  /** Absolute. */
  readonly file: string;
  readonly args: readonly string[];
  /** Absolute, without links. */
  readonly directory: string;
  readonly runId: number;
}

export interface CommandLine {
  /** `warn` is said of the output, not by the program. */
  readonly stream: 'out' | 'err' | 'warn';
  readonly text: string;
}

export interface CommandWork {
  /** Aborts to end the program and all that it began. */
  readonly signal: AbortSignal;
  /** Told of the process before it is let go on; a refusal ends it. */
  readonly onStart: (process: CommandProcess) => Promise<void>;
  /** Given lines as they come; reading waits for it. */
  readonly onLines: (lines: readonly CommandLine[]) => Promise<void>;
}

export interface CommandEnd {
  /** Null where a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number;
  /** Lines that it wrote, those that were cut off counted. */
  readonly outputLines: number;
  /** Whether more was written than is kept. */
  readonly cut: boolean;
  /** The end of what it wrote to its error output. */
  readonly errorTail: string;
}

/** Runs allowed programs as child processes. */
export interface CommandRunner {
  /** Names of allowed programs. */
  readonly programs: readonly string[];
  /** Names this machine as long as it is up: processes are known by it. */
  readonly host: string;
  /** Raises `command_not_allowed`, `command_directory` or `command_unusable`. */
  prepare(wish: CommandWish): Promise<ReadyCommand>;
  /** Runs to the end; with the signal aborted, when the whole group is gone. Raises `command_unusable`. */
  run(command: ReadyCommand, work: CommandWork): Promise<CommandEnd>;
  /** Ends the group of a process, if it is still the one that was begun. Returns whether there was one. */
  endLeftover(process: CommandProcess): Promise<boolean>;
}
