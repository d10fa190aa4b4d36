import { newJobSchema, updateJobSchema } from '@tapekeeper/contract';
import { AppError } from '@tapekeeper/core';
import type { Context } from '../../context.ts';
import { asking } from '../../asking.ts';
import { tellReport } from './tellReport.ts';
import { definitionOf, readJobFile, type WorkOptions, type WrittenJob } from './definition.ts';

export interface CreateOptions extends WorkOptions {
  readonly file?: string;
  readonly enable?: boolean;
}

/** Reads a checked value; zod's schemas do. */
interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export async function createJob(
  context: Context,
  key: string | undefined,
  options: CreateOptions,
): Promise<number> {
  const { enabled, ...written } = await writtenJob(context, key, options);
  const job = { ...written, enabled: options.enable === true || enabled === true };
  const body = checked(context, newJobSchema, job, options.file);
  return asking(context, async (api) => tellReport(context, 'jobs.made', await api.createJob(body)));
}

/** The job of a file, or of the options; a key that is an argument wins over that of the file. Throws `usage`. */
async function writtenJob(
  context: Context,
  argument: string | undefined,
  options: CreateOptions,
): Promise<Pick<WrittenJob, 'key' | 'enabled' | 'definition'>> {
  const file = options.file === undefined ? undefined : await readJobFile(context, options.file);
  const key = argument ?? file?.key;
  if (typeof key !== 'string') {
    throw new AppError('usage', { problem: context.say('usage.jobFileKey'), command: 'jobs create ' });
  }
  const definition = file?.definition ?? (await definitionOf(context, key, options));
  return { key, enabled: file?.enabled, definition };
}

/** Replaces a job by what a file says; the version that was seen is in the file, or is the newest. */
export async function editJob(context: Context, job: string, file: string | undefined): Promise<number> {
  if (file === undefined) {
    throw new AppError('usage', { problem: context.say('usage.jobEditFile'), command: 'jobs edit ' });
  }
  const { version, definition } = await readJobFile(context, file);
  return asking(context, async (api) => {
    const seen = version ?? (await api.job(job)).version;
    const body = checked(context, updateJobSchema, { version: seen, definition }, file);
    tellReport(context, 'jobs.changed', await api.updateJob(job, body));
  });
}

/** The body of a request; what its form lacks is told before anything is asked. Throws `usage`. */
function checked<T>(context: Context, schema: Schema<T>, value: unknown, file: string | undefined): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const place = (issue?.path ?? []).map(String).join('.');
  const problem = `${place === '' ? '' : `${place}: `}${issue?.message ?? ''}`;
  const text = context.say('usage.jobFile', { file: file ?? 'jobs create', problem });
  throw new AppError('usage', { problem: text, command: 'jobs create ' });
}
