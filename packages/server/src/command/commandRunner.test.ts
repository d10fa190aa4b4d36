import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import type { CommandEnd, CommandLine, CommandRunner, CommandWork } from '../ports/commandRunner.ts';
import type { CommandProcess } from '../ports/taskStore.ts';
import { createCommandRunner } from './commandRunner.ts';
import { birthOf } from './processGroup.ts';
import { OUTPUT_BYTES } from './runProgram.ts';
import { secretMask } from './secretMask.ts';

const SECRET = 'the-token-of-this-installation';
let folder: string;
let runner: CommandRunner;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'tapekeeper-command-')));
  runner = createCommandRunner({
    programs: new Map([
      ['node', process.execPath],
      ['sh', '/bin/sh'],
      ['gone', join(folder, 'not-there')],
      ['notes', join(folder, 'notes.txt')],
    ]),
    workDir: join(folder, 'work'),
    roots: [join(folder, 'projects')],
    path: '/usr/bin:/bin',
    url: 'http://127.0.0.1:8000',
    mask: secretMask(() => [SECRET]),
    clock: systemClock,
    graceMs: 300,
  });
  await writeFile(join(folder, 'notes.txt'), 'not a program');
  await mkdir(join(folder, 'projects', 'mine'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly end: CommandEnd;
  readonly lines: readonly CommandLine[];
  readonly started: readonly CommandProcess[];
}

async function run(program: string, args: readonly string[], work: Partial<CommandWork> = {}): Promise<Ran> {
  const lines: CommandLine[] = [];
  const started: CommandProcess[] = [];
  const ready = await runner.prepare({ program, args, directory: null, runId: 7 });
  const end = await runner.run(ready, {
    signal: work.signal ?? new AbortController().signal,
    onStart: async (process) => {
      started.push(process);
      await work.onStart?.(process);
    },
    onLines: async (added) => {
      lines.push(...added);
      await work.onLines?.(added);
    },
  });
  return { end, lines, started };
}

const texts = (lines: readonly CommandLine[], stream: string): readonly string[] =>
  lines.filter((line) => line.stream === stream).map((line) => line.text);

/** Whether a process runs; one that has ended and was not fetched does not. */
const runs = async (pid: number): Promise<boolean> => (await birthOf(pid)) !== '';

describe('a program', () => {
  it('tells its lines, its exit code and how long it took', async () => {
    const code = 'console.log("one\\ntwo"); console.error("trouble"); process.exitCode = 3';
    const { end, lines, started } = await run('node', ['-e', code]);
    expect(texts(lines, 'out')).toEqual(['one', 'two']);
    expect(texts(lines, 'err')).toEqual(['trouble']);
    expect(end).toMatchObject({
      exitCode: 3,
      signal: null,
      outputLines: 3,
      cut: false,
      errorTail: 'trouble\n',
    });
    expect(end.durationMs).toBeGreaterThan(0);
    // noted down before it begins, and again when it has a number
    expect(started).toMatchObject([{ pid: 0 }, { pid: expect.any(Number) as number }]);
    expect(started[0]?.token).toBe(started[1]?.token);
  });

  it('says which signal ended it', async () => {
    expect((await run('sh', ['-c', 'kill -9 $$'])).end).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  });

  it('keeps only the end of its errors, and no more of its output than is allowed', async () => {
    const code = `
      process.stderr.write('x'.repeat(600) + '\\nlast words\\n');
      const line = 'y'.repeat(8000) + '\\n';
      for (let n = 0; n < ${Math.ceil((1.2 * OUTPUT_BYTES) / 8000)}; n++) require('fs').writeSync(1, line)`;
    const { end, lines } = await run('node', ['-e', code]);
    expect(end).toMatchObject({ exitCode: 0, cut: true });
    expect(end.errorTail).toHaveLength(500);
    expect(end.errorTail).toMatch(/x\nlast words\n$/);
    const kept = lines
      .filter(({ stream }) => stream !== 'warn')
      .reduce((sum, { text }) => sum + text.length, 0);
    expect(kept).toBeLessThanOrEqual(OUTPUT_BYTES);
    expect(texts(lines, 'warn')).toEqual(['output beyond 10 MiB is not kept']);
    expect(end.outputLines).toBeGreaterThan(lines.length);
  });

  it('waits while its lines are not taken', async () => {
    let taking = 0;
    const { end, lines } = await run(
      'node',
      ['-e', 'for (let n = 0; n < 50000; n++) console.log("line " + n)'],
      {
        onLines: async () => {
          expect(++taking).toBe(1);
          // anything that takes a while
          await birthOf(process.pid);
          taking -= 1;
        },
      },
    );
    expect(end.exitCode).toBe(0);
    expect(texts(lines, 'out')).toHaveLength(50_000);
    expect(lines.at(-1)?.text).toBe('line 49999');
  });
});

describe('no shell', () => {
  it.each([
    '$(touch hacked)',
    '`touch hacked`',
    '; touch hacked',
    'a\ntouch hacked',
    '| touch hacked',
    '*',
    '~',
    '"',
    "'",
  ])('reads the argument %j', async (arg) => {
    const { lines } = await run('node', [
      '-e',
      'console.log(JSON.stringify(process.argv.slice(1)))',
      '--',
      arg,
    ]);
    expect(lines.map(({ text }) => text)).toEqual([JSON.stringify([arg])]);
    const { lines: listed } = await run('node', ['-e', 'console.log(require("fs").readdirSync("."))']);
    expect(listed.map(({ text }) => text)).toEqual(['[]']);
  });

  it('gets an argument with a NUL character through', async () => {
    await expect(run('node', ['a\0b'])).rejects.toMatchObject({ code: 'command_unusable' });
  });
});

describe('only what is allowed', () => {
  it.each(['rm', '/bin/sh', '../sh', 'sh ', '', '__proto__'])('runs: %j does not', async (program) => {
    await expect(run(program, [])).rejects.toMatchObject({ code: 'command_not_allowed' });
  });

  it.each(['gone', 'notes'])('is tried: %s cannot be run', async (program) => {
    await expect(run(program, [])).rejects.toMatchObject({ code: 'command_unusable', details: { program } });
  });

  const prepareIn = (directory: string) => runner.prepare({ program: 'sh', args: [], directory, runId: 1 });

  it('is run in the work folder and in those that were named', async () => {
    await mkdir(join(folder, 'work', 'inner'), { recursive: true });
    expect(await prepareIn('inner')).toMatchObject({ directory: join(folder, 'work', 'inner') });
    const mine = join(folder, 'projects', 'mine');
    expect(await prepareIn(mine)).toMatchObject({ directory: mine });
    expect(await runner.prepare({ program: 'sh', args: [], directory: null, runId: 1 })).toMatchObject({
      directory: join(folder, 'work'),
    });
  });

  it('is refused outside of them, by dots and by links too', async () => {
    await mkdir(join(folder, 'work'), { recursive: true });
    await mkdir(join(folder, 'work-beside'));
    await symlink('/', join(folder, 'work', 'root'));
    await symlink(join(folder, 'projects'), join(folder, 'work', 'allowed'));
    expect(await prepareIn('allowed/mine')).toMatchObject({ directory: join(folder, 'projects', 'mine') });
    for (const wish of [
      '..',
      '/',
      folder,
      'root',
      'root/tmp',
      '../work-beside',
      'nowhere',
      'a\0b',
      '../notes.txt',
    ])
      await expect(prepareIn(wish)).rejects.toMatchObject({ code: 'command_directory' });
  });
});

it('gives a program nothing of our environment but what it needs, and masks secrets that it writes', async () => {
  process.env['TUSHARE_TOKEN'] = SECRET;
  try {
    const { lines, end } = await run('node', [
      '-e',
      `console.log(Object.keys(process.env).sort().join()); console.error('token ${SECRET}'); console.log(process.cwd())`,
    ]);
    const [names, directory] = texts(lines, 'out');
    expect(names).toBe('HOME,LANG,PATH,TAPEKEEPER_RUN_ID,TAPEKEEPER_RUN_TOKEN,TAPEKEEPER_URL');
    expect(directory).toBe(join(folder, 'work'));
    expect(texts(lines, 'err')).toEqual(['token ***']);
    expect(end.errorTail).toBe('token ***\n');
  } finally {
    delete process.env['TUSHARE_TOKEN'];
  }
});

/** A shell that tells its number and that of a child, and ends neither when it is asked to. */
const STUBBORN = `trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & echo "$$ $!"; while :; do sleep 1; done`;

describe('ending a program', () => {
  it('ends all that it began, also what does not want to', async () => {
    const stop = new AbortController();
    let pids: readonly number[] = [];
    const { end } = await run('sh', ['-c', STUBBORN], {
      signal: stop.signal,
      onLines: async ([line]) => {
        pids = (line?.text ?? '').split(' ').map(Number);
        stop.abort();
      },
    });
    expect(end).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(pids).toHaveLength(2);
    for (const pid of pids) expect(await runs(pid)).toBe(false);
  });

  it('lets it end by itself within the grace', async () => {
    const stop = new AbortController();
    const { end, lines } = await run(
      'sh',
      ['-c', `trap 'echo tidy; exit 5' TERM; echo ready; while :; do sleep 0.05; done`],
      {
        signal: stop.signal,
        onLines: async () => stop.abort(),
      },
    );
    expect(end).toMatchObject({ exitCode: 5, signal: null });
    expect(texts(lines, 'out')).toEqual(['ready', 'tidy']);
  });

  it('does not leave behind what it began when it ends by itself', async () => {
    const { end, lines } = await run('sh', ['-c', 'sleep 60 & echo $!']);
    expect(end.exitCode).toBe(0);
    expect(await runs(Number(lines[0]?.text))).toBe(false);
  });

  it('finds what has left its group by the token', async () => {
    const code = `const c = require('child_process').spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }); c.unref(); console.log(c.pid)`;
    const { lines } = await run('node', ['-e', code]);
    expect(await runs(Number(lines[0]?.text))).toBe(false);
  });

  it('happens when nobody takes its lines, or notes it down', async () => {
    let pid = 0;
    const refused = run('sh', ['-c', 'echo x; sleep 60'], {
      onStart: async (begun) => void (pid = begun.pid),
      onLines: () => Promise.reject(new Error('the claim is lost')),
    });
    await expect(refused).rejects.toThrow('the claim is lost');
    expect(await runs(pid)).toBe(false);

    const unnoted = run('sh', ['-c', 'sleep 60'], {
      onStart: async (begun) => {
        pid = begun.pid;
        if (begun.pid > 0) throw new Error('the claim is lost');
      },
    });
    await expect(unnoted).rejects.toThrow('the claim is lost');
    expect(await runs(pid)).toBe(false);
  });

  it('comes before the beginning where it was told to stop by then', async () => {
    const stopped = run('sh', ['-c', 'touch begun'], { signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('what a killed worker has left', () => {
  /** A program that is not waited for, as after the death of its worker. */
  async function begin(): Promise<{ readonly left: CommandProcess; readonly ended: Promise<Ran> }> {
    const begun = Promise.withResolvers<CommandProcess>();
    const ended = run('sh', ['-c', STUBBORN], {
      onStart: async (process) => {
        if (process.pid > 0) begun.resolve(process);
      },
    });
    return { left: await begun.promise, ended };
  }

  it('is ended, and then it is not there any more', async () => {
    const { left, ended } = await begin();
    expect(await runner.endLeftover(left)).toBe(true);
    expect(await runs(left.pid)).toBe(false);
    expect((await ended).end.signal).toBe('SIGKILL');
    expect(await runner.endLeftover(left)).toBe(false);
  });

  it('is found by the token alone, as when its number was never noted down', async () => {
    const { left, ended } = await begin();
    expect(await runner.endLeftover({ ...left, pid: 0, birth: '' })).toBe(true);
    await ended;
  });

  it('is not taken for a stranger who has got the number', async () => {
    const { left, ended } = await begin();
    expect(await runner.endLeftover({ ...left, birth: '1', token: 'another' })).toBe(false);
    expect(await runs(left.pid)).toBe(true);
    await runner.endLeftover(left);
    await ended;
  });
});
