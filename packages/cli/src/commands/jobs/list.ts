import type { Job, JobList } from '@tapekeeper/contract';
import type { Api } from '@tapekeeper/client';
import type { Context } from '../../context.ts';
import type { JobQuery } from '@tapekeeper/client';
import { count, instant, orDash } from '../../output/format.ts';
import { bold, good, stateText, warning } from '../../output/style.ts';
import { pairs, table } from '../../output/table.ts';
import { asking } from '../../asking.ts';

export type ListOptions = Pick<JobQuery, 'state' | 'type' | 'tag' | 'text'>;

export function listJobs(context: Context, options: ListOptions): Promise<number> {
  const { output, say, language } = context;
  const { state, type, tag, text } = options;
  return asking(context, async (api) => {
    const { jobs, counts } = await allJobs(api, { state, type, tag, text });
    output.result({ jobs, counts });
    if (jobs.length === 0) {
      const total = counts.enabled + counts.paused + counts.disabled;
      output.line(say(total === 0 ? 'jobs.none' : 'jobs.noneFound'));
      return;
    }
    output.line(
      table(
        [
          { title: say('column.job'), align: 'right' },
          { title: say('column.key') },
          { title: say('column.name') },
          { title: say('column.type') },
          { title: say('column.trigger') },
          { title: say('column.state') },
          { title: say('column.next') },
          { title: say('column.lastRun') },
        ],
        jobs.map((job) => [
          String(job.id),
          job.key,
          job.definition.name,
          say(`run.${job.definition.type}`),
          job.words[language],
          stateOf(context, job),
          instant(job.next?.dueAt ?? null),
          job.lastRun === null ? '-' : `${job.lastRun.id} ${stateText(job.lastRun.state)}`,
        ]),
      ),
    );
    output.line(`\n${say('jobs.counts', counts)}`);
  });
}

async function allJobs(api: Api, query: JobQuery): Promise<Pick<JobList, 'jobs' | 'counts'>> {
  const jobs: Job[] = [];
  for (let after: number | undefined; ;) {
    const page: JobList = await api.jobs({ ...query, after, limit: 500 });
    jobs.push(...page.jobs);
    if (page.next === null) return { jobs, counts: page.counts };
    after = page.next;
  }
}

function stateOf({ say }: Context, { state }: Job): string {
  const text = say(`jobs.state.${state}`);
  if (state === 'enabled') return good(text);
  return state === 'paused' ? warning(text) : text;
}

export function showJob(context: Context, ref: string): Promise<number> {
  const { output, say, language } = context;
  return asking(context, async (api) => {
    const job = await api.job(ref);
    const { name, description, tags, schedule, policies, type, params } = job.definition;
    output.result(job);
    const rows: (readonly [string, string])[] = [
      [say('column.job'), `${job.id}  ${bold(job.key)}  ${name}`],
      [say('column.state'), stateOf(context, job)],
      [say('column.version'), String(job.version)],
      [say('column.type'), say(`run.${type}`)],
      [say('jobs.params'), JSON.stringify(params)],
      [say('column.trigger'), job.words[language]],
      [say('column.next'), instant(job.next?.dueAt ?? null)],
      [say('jobs.misfire'), schedule.misfire],
      [say('jobs.overlap'), orDash(schedule.overlap)],
      [
        say('jobs.tries'),
        say('jobs.triesValue', { attempts: policies.maxAttempts, seconds: policies.retrySeconds }),
      ],
      [say('jobs.group'), orDash(policies.group)],
      [say('jobs.priority'), policies.priority],
      [say('jobs.openRuns'), count(job.openRuns)],
      [say('column.lastRun'), lastRunOf(job)],
      [say('jobs.tags'), orDash(tags.join(', '))],
      [say('jobs.description'), orDash(description)],
    ];
    output.line(pairs(rows));
  });
}

function lastRunOf({ lastRun }: Job): string {
  if (lastRun === null) return '-';
  return `${lastRun.id}  ${stateText(lastRun.state)}  ${instant(lastRun.startedAt ?? lastRun.createdAt)}`;
}
