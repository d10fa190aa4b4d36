import type { JobReport } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import type { Api } from '@tapekeeper/client';
import type { Context } from '../../context.ts';
import { instant } from '../../output/format.ts';
import { warning } from '../../output/style.ts';
import { openForReading } from '../../session.ts';
import type { TextKey } from '../../texts.ts';

/** Asks the server, or this process; nothing is worked on. */
export async function asked(context: Context, work: (api: Api) => Promise<void>): Promise<number> {
  const session = await openForReading(context);
  try {
    await work(session.api);
    return EXIT.ok;
  } finally {
    await session.close();
  }
}

/** What became of a job, when it runs next, and what to know about it. */
export function tellReport(context: Context, key: TextKey, report: JobReport): void {
  const { output, say, language } = context;
  const { id, key: name, version, state, next } = report.job;
  output.result(report);
  output.line(say(key, { id, key: name, version, state: say(`jobs.state.${state}`) }));
  if (next !== null) output.line(say('jobs.nextAt', { at: instant(next.dueAt) }));
  for (const { text } of report.warnings) output.line(warning(text[language]));
}
