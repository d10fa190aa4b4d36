import { readFile } from 'node:fs/promises';
import { text as textOfStream } from 'node:stream/consumers';
import { AppError, DEFAULT_ZONE, parseDuration, readTime, requireZone } from '@tapekeeper/core';
import type { Context } from '../../context.ts';
import { symbolList, wholeNumber } from '../../arguments.ts';

/** What a job is to do and when, on a command line. */
export interface WorkOptions {
  readonly sync?: string;
  readonly repair?: string;
  readonly reconcile?: string;
  readonly type?: string;
  readonly param?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly lastDays?: string;
  readonly symbols?: string;
  readonly set?: string;
  readonly source?: string;
  readonly cron?: string;
  readonly tz?: string;
  readonly session?: string;
  readonly every?: string;
  readonly at?: string;
  readonly after?: string;
  readonly tradingDays?: boolean;
  readonly name?: string;
  readonly description?: string;
  readonly tag?: readonly string[];
  readonly group?: string;
}

/** A job as a file has it; nothing in it has been checked. */
export interface WrittenJob {
  readonly key: unknown;
  readonly version: unknown;
  readonly enabled: unknown;
  readonly definition: object;
}

/**
 * The job of a JSON file, or of standard input (`-`): as `jobs show --json` prints it, or a definition
 * with its key beside the rest. Throws `usage`.
 */
export async function readJobFile(context: Context, file: string): Promise<WrittenJob> {
  const value = parsed(context, file, await textOf(context, file));
  if ('definition' in value && isObject(value.definition)) {
    const { key, version, enabled, definition } = value as Record<string, unknown>;
    return { key, version, enabled, definition: definition as object };
  }
  const { key, version, enabled, ...definition } = value as Record<string, unknown>;
  return { key, version, enabled, definition };
}

function parsed({ say }: Context, file: string, text: string): object {
  const refuse = (problem: string, cause?: unknown): AppError =>
    new AppError(
      'usage',
      { problem: say('usage.jobFile', { file, problem }), command: 'jobs create ' },
      cause,
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error), error);
  }
  if (!isObject(value)) throw refuse('{ … }');
  return value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function textOf({ say }: Context, file: string): Promise<string> {
  try {
    return await (file === '-' ? textOfStream(process.stdin) : readFile(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const problem = say('usage.file', { file, reason });
    throw new AppError('usage', { problem, command: 'jobs create ' }, error);
  }
}

/** The definition of a command line's options. Throws `usage`. */
export async function definitionOf(context: Context, key: string, options: WorkOptions): Promise<object> {
  const { name, description, tag, group, tradingDays } = options;
  return {
    ...(await workOf(context, options)),
    name: name ?? key,
    ...(description === undefined ? {} : { description }),
    ...(tag === undefined ? {} : { tags: tag }),
    schedule: {
      trigger: triggerOf(context, options),
      ...(tradingDays === true ? { tradingDaysOnly: true } : {}),
    },
    ...(group === undefined ? {} : { policies: { group } }),
  };
}

async function workOf(context: Context, options: WorkOptions): Promise<object> {
  const { sync, repair, reconcile, type } = options;
  const works = Object.entries({ sync, repair, reconcile }).filter(([, dataset]) => dataset !== undefined);
  const [work] = works;
  if (works.length + (type === undefined ? 0 : 1) !== 1) throw usage(context, 'usage.jobWork');
  const params = paramsOf(context, options.param ?? []);
  if (work === undefined) return { type, params };
  return { type: work[0], params: { dataset: work[1], ...(await wishOf(context, options)), ...params } };
}

async function wishOf(context: Context, options: WorkOptions): Promise<object> {
  const { from, to, lastDays, symbols, set, source } = options;
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(lastDays === undefined ? {} : { lastDays: wholeNumber(context, '--last-days', lastDays) }),
    ...(symbols === undefined ? {} : { symbols: await symbolList(context, symbols) }),
    ...(set === undefined ? {} : { set }),
    ...(source === undefined ? {} : { sources: source.split(',').map((one) => one.trim()) }),
  };
}

/** `name=value` as they are: a value that reads as JSON is what it says, anything else a text. Throws `usage`. */
export function paramsOf(context: Context, texts: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw usage(context, 'usage.jobParam', { text });
      return [text.slice(0, at), valueOf(text.slice(at + 1))];
    }),
  );
}

/** Days such as 20240131 are texts, though they look like numbers. */
function valueOf(text: string): unknown {
  if (/^\d{8}$/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function triggerOf(context: Context, options: WorkOptions): object {
  const { cron, tz = DEFAULT_ZONE, session, every, at, after } = options;
  const given = [cron, session, every, at, after].filter((one) => one !== undefined);
  if (given.length > 1) throw usage(context, 'usage.jobTrigger');
  if (cron !== undefined) return { kind: 'cron', expression: cron, zone: tz };
  if (session !== undefined) return { kind: 'session', rule: session };
  if (every !== undefined) {
    const everySeconds = parseDuration(every);
    if (everySeconds === undefined) throw usage(context, 'usage.jobEvery', { text: every });
    return { kind: 'interval', everySeconds };
  }
  if (at !== undefined) return { kind: 'once', at: new Date(readTime(at, requireZone(tz))).toISOString() };
  return after === undefined ? { kind: 'manual' } : { kind: 'after', jobId: refOf(after) };
}

/** Numbers travel as numbers. */
function refOf(job: string): number | string {
  return /^\d+$/.test(job) ? Number(job) : job;
}

type UsageKey = 'usage.jobWork' | 'usage.jobTrigger' | 'usage.jobParam' | 'usage.jobEvery';

function usage({ say }: Context, key: UsageKey, values?: Readonly<Record<string, string>>): AppError {
  return new AppError('usage', { problem: say(key, values), command: 'jobs create ' });
}
