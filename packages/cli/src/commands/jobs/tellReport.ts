import type { JobReport } from '@tapekeeper/contract';
import type { Context } from '../../context.ts';
import { instant } from '../../output/format.ts';
import { warning } from '../../output/style.ts';
import type { TextKey } from '../../texts.ts';

/** What became of a job, when it runs next, and what to know about it. */
export function tellReport(context: Context, key: TextKey, report: JobReport): void {
  const { output, say, language } = context;
  const { id, key: name, version, state, next } = report.job;
  output.result(report);
  output.line(say(key, { id, key: name, version, state: say(`jobs.state.${state}`) }));
  if (next !== null) output.line(say('jobs.nextAt', { at: instant(next.dueAt) }));
  for (const { text } of report.warnings) output.line(warning(text[language]));
}
