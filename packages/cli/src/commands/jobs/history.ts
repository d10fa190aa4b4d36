import { decisionWords, fireReasonText } from '@tapekeeper/core';
import { wholeNumber } from '../../arguments.ts';
import type { Context } from '../../context.ts';
import { count, instant, orDash } from '../../output/format.ts';
import { table } from '../../output/table.ts';
import { asking } from '../../asking.ts';

const DEFAULT_LIMIT = 20;

interface Limited {
  readonly limit?: string;
}

function limitOf(context: Context, { limit }: Limited): number {
  return limit === undefined ? DEFAULT_LIMIT : wholeNumber(context, '--limit', limit);
}

/** What was done to a job, and what it was in each version. */
export function showHistory(context: Context, job: string, options: Limited): Promise<number> {
  const { output, say } = context;
  const limit = limitOf(context, options);
  return asking(context, async (api) => {
    const [{ changes }, { versions }] = await Promise.all([
      api.jobChanges(job, { limit }),
      api.jobVersions(job, { limit }),
    ]);
    output.result({ changes, versions });
    output.line(
      table(
        [
          { title: say('column.at') },
          { title: say('column.action') },
          { title: say('column.version'), align: 'right' },
          { title: say('column.state') },
          { title: say('column.author') },
          { title: say('column.detail') },
        ],
        changes.map((change) => [
          instant(change.at),
          say(`jobs.action.${change.action}`),
          String(change.version),
          say(`jobs.state.${change.state}`),
          change.author,
          orDash(change.detail === null ? null : JSON.stringify(change.detail)),
        ]),
      ),
    );
    output.line(`\n${say('jobs.versions')}`);
    output.line(
      table(
        [
          { title: say('column.version'), align: 'right' },
          { title: say('column.at') },
          { title: say('column.author') },
          { title: say('column.trigger') },
          { title: say('jobs.params') },
        ],
        versions.map(({ version, createdAt, author, definition }) => [
          String(version),
          instant(createdAt),
          author,
          JSON.stringify(definition.schedule.trigger),
          JSON.stringify(definition.params),
        ]),
      ),
    );
  });
}

/** What was decided about each due moment of a job, in words. */
export function showFires(
  context: Context,
  job: string,
  options: Limited & { readonly decision?: string },
): Promise<number> {
  const { output, say, language } = context;
  const limit = limitOf(context, options);
  return asking(context, async (api) => {
    const { fires, next } = await api.jobFires(job, { decision: options.decision, limit });
    output.result({ fires, next });
    if (fires.length === 0) {
      output.line(say('jobs.noFires'));
      return;
    }
    output.line(
      table(
        [
          { title: say('column.scheduledFor') },
          { title: say('column.times'), align: 'right' },
          { title: say('column.decision') },
          { title: say('column.reason') },
          { title: say('column.run'), align: 'right' },
          { title: say('column.state') },
        ],
        fires.map((fire) => [
          instant(fire.scheduledFor),
          count(fire.dueCount),
          decisionWords(fire.decision, language),
          fireReasonText(fire, language),
          fire.runId === null ? '-' : String(fire.runId),
          orDash(fire.runState),
        ]),
      ),
    );
  });
}
