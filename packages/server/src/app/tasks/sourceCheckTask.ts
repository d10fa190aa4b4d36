import { AppError, type SourceCheckParams, type SourceId } from '@tapekeeper/core';
import { readSource } from '../router/priorities.ts';
import { testSource, type SourceTest } from '../router/testSource.ts';
import type { AppDeps } from '../deps.ts';
import type { Task } from './task.ts';
import { unlessAborted } from './unlessAborted.ts';

const USUAL_MS = 1_000;

/** Asks one source, or each that is in use, one small question. Begun again, it asks all of them again. */
export const sourceCheckTask: Task = async ({ deps, run, signal, plan, step, log }) => {
  const sources = sourcesOf(deps, run.wish as SourceCheckParams);
  await plan(sources.map((source) => ({ name: source, weight: 1, estimatedMs: USUAL_MS, total: 1 })));
  const tests: SourceTest[] = [];
  for (const source of sources) {
    const test = await step(source, async (tell) => {
      const told = await unlessAborted(signal, testSource(deps, source));
      if (told.ok) tell.progress(1, 1, `${Math.round(told.ms ?? 0)} ms`);
      else tell.fail(told.error?.message ?? '');
      return told;
    });
    tests.push(test);
    if (test.error !== null) await log({ stream: 'warn', line: `${source}: ${test.error.message}` });
  }
  const failed = tests.filter((test) => !test.ok);
  const failures = failed.map(({ source, error }) => `${source} (${error?.code})`).join(', ');
  return {
    state: failed.length === 0 ? 'success' : failed.length < tests.length ? 'success_with_errors' : 'failed',
    result: {
      sources: tests.map(({ source, ok, dataset, api, ms, error }) => ({
        source,
        ok,
        dataset,
        api,
        ms: ms === null ? null : Math.round(ms),
        code: error?.code ?? null,
        message: error?.message ?? null,
      })),
    },
    error: tests.length === failed.length ? new AppError('sources_failed', { failures }) : null,
  };
};

function sourcesOf(deps: AppDeps, { source }: SourceCheckParams): readonly SourceId[] {
  if (source !== undefined) return [readSource(deps, source)];
  return deps.settings.sourcePriority.filter((one) => deps.sources.has(one));
}
