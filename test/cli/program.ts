import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export type Environment = Readonly<Record<string, string>>;

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program at work. */
export interface Begun {
  readonly pid: number;
  /** Resolves with the output so far when the pattern has come up in it; rejects when it ends before. */
  says(pattern: RegExp): Promise<string>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

const LAUNCHER = fileURLToPath(new URL('../../bin/tapekeeper.mjs', import.meta.url));

/** Nothing of the developer's own installation, and the language of the tests. */
const CLEAN: Environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', LANG: 'C' };

/** Runs the real program to its end. */
export function tapekeeper(args: readonly string[], env: Environment = {}, input = ''): Promise<Ended> {
  return begin(args, env, input).ended;
}

/** The same for what a test needs before it begins; throws when it does not end well. */
export async function succeed(args: readonly string[], env: Environment = {}): Promise<void> {
  const { code, stderr } = await tapekeeper(args, env);
  if (code !== 0) throw new Error(`tapekeeper ${args.join(' ')} ended with ${code}: ${stderr}`);
}

/** Starts the real program, as the launcher does. */
export function begin(args: readonly string[], env: Environment = {}, input = ''): Begun {
  const child = spawn(process.execPath, [LAUNCHER, ...args], { env: { ...CLEAN, ...env } });
  let output = '';
  const stdout = collected(child.stdout, (text) => (output += text));
  const stderr = collected(child.stderr, (text) => (output += text));
  child.stdin.end(input);
  const ended = endOf(child).then((code) => ({ code, stdout: stdout(), stderr: stderr() }));
  return {
    pid: child.pid ?? 0,
    async says(pattern) {
      while (!pattern.test(output)) {
        const over = await Promise.race([
          ended.then(() => true),
          once(child.stdout, 'data').then(() => false),
          once(child.stderr, 'data').then(() => false),
        ]);
        if (over && !pattern.test(output)) throw new Error(`it ended without saying ${pattern}:\n${output}`);
      }
      return output;
    },
    signal: (name) => void child.kill(name),
    ended,
  };
}

/** The JSON object that a service prints when it is ready; rejects with its complaint when it does not get there. */
export async function announced<T>(service: Begun): Promise<T> {
  const output = await service.says(/^\{.*\}$/m);
  return JSON.parse(/^\{.*\}$/m.exec(output)?.[0] ?? '') as T;
}

/** The one JSON object that a command with --json prints as its last line. */
export function resultOf<T>(ended: Ended): T {
  return JSON.parse(ended.stdout.trimEnd().split('\n').at(-1) ?? '') as T;
}

function collected(stream: NodeJS.ReadableStream, also: (text: string) => void): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (piece: string) => {
    text += piece;
    also(piece);
  });
  return () => text;
}

async function endOf(child: ChildProcess): Promise<number> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return code ?? (signal === null ? -1 : 128);
}
