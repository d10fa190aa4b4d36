import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Clock } from '../ports/clock.ts';
import type { CommandProcess } from '../ports/taskStore.ts';

/** Variable that a program and all that it begins have in their environment. */
export const TOKEN_VARIABLE = 'TAPEKEEPER_RUN_TOKEN';

const LOOK_EVERY_MS = 50;
/** After this long even the kernel does not let go of a process, as of one that waits for a dead disk. */
const KILL_WAIT_MS = 2_000;

/** Names this machine until it starts anew; numbers of processes mean something only there. */
export function hostIdentity(): string {
  const boot = hasProc() ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() : '';
  return `${hostname()}:${boot}`;
}

/** When a process was begun, in ticks of its machine; empty where that cannot be known. */
export async function birthOf(pid: number): Promise<string> {
  return (await readStat(pid))?.birth ?? '';
}

/**
 * Ends a group and whatever else carries the token: asks first, and after the grace does not ask. Resolves
 * when nothing of it runs.
 */
export async function endGroup(
  find: () => Promise<readonly number[]>,
  { clock, graceMs }: { readonly clock: Clock; readonly graceMs: number },
): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', KILL_WAIT_MS],
  ] as const) {
    const until = clock.monotonic() + waitMs;
    for (let asked = false; ; asked = true) {
      const members = await find();
      if (members.length === 0) return;
      // killing is repeated, since a process may have begun another one meanwhile
      if (!asked || signal === 'SIGKILL') for (const pid of members) send(pid, signal);
      if (clock.monotonic() >= until) break;
      await clock.sleep(LOOK_EVERY_MS);
    }
  }
}

/** Processes of a group that this process began itself: the number is still its own. */
export function ownMembers(pid: number, token: string): () => Promise<readonly number[]> {
  if (!hasProc()) return async () => (answers(-pid) ? [-pid] : []);
  return async () => {
    const all = await readAll();
    const marked = await carriers(all, token);
    return all.filter((one) => one.group === pid || marked.has(one.pid)).map((one) => one.pid);
  };
}

/**
 * Processes of a group that somebody else began: its leader is the one that was begun, or a member
 * carries the token. A stranger that got the number later is left alone; so is everything where the
 * machine does not tell.
 */
export function leftoverMembers({ pid, birth, token }: CommandProcess): () => Promise<readonly number[]> {
  if (!hasProc()) return async () => [];
  return async () => {
    const all = await readAll();
    const marked = await carriers(all, token);
    const group = pid > 1 ? all.filter((one) => one.group === pid) : [];
    const isOurs = group.some((one) => marked.has(one.pid) || (one.pid === pid && one.birth === birth));
    return all.filter((one) => marked.has(one.pid) || (isOurs && one.group === pid)).map((one) => one.pid);
  };
}

interface Stat {
  readonly pid: number;
  readonly group: number;
  readonly birth: string;
}

function hasProc(): boolean {
  return process.platform === 'linux';
}

/** Processes that run; those that have ended and were not fetched are none. */
async function readAll(): Promise<readonly Stat[]> {
  const names = await readdir('/proc');
  const stats = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((name) => readStat(Number(name))),
  );
  return stats.filter((stat) => stat !== undefined && stat.pid !== process.pid) as readonly Stat[];
}

/** Fields after the name, which may hold anything: state, parent, group, …, start (the 20th of them). */
async function readStat(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, , group] = fields;
  const birth = fields[19];
  if (state === undefined || group === undefined || birth === undefined || 'ZX'.includes(state))
    return undefined;
  return { pid, group: Number(group), birth };
}

/** Environments of other users cannot be read: their processes are none of ours. */
async function carriers(all: readonly Stat[], token: string): Promise<ReadonlySet<number>> {
  const entry = `${TOKEN_VARIABLE}=${token}\0`;
  const found = await Promise.all(
    all.map(async ({ pid }) =>
      (await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')).includes(entry) ? [pid] : [],
    ),
  );
  return new Set(found.flat());
}

function answers(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended meanwhile
  }
}
