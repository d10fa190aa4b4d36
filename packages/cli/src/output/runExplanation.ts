import type { RunExplanation, RunSteps } from '@tapekeeper/contract';
import type { Context } from '../context.ts';
import { count, duration, instant, orDash, percent, size } from './format.ts';
import { otherText } from './jobExplanation.ts';
import { subjectOf } from './runSubject.ts';
import { bold, stateText, warning } from './style.ts';
import { pairs, table } from './table.ts';

type Words = Pick<Context, 'say' | 'language'>;

/** The verdict about a run first, then everything that it was judged by. */
export function runExplanationText(words: Words, explanation: RunExplanation, progress: RunSteps): string {
  const { say, language } = words;
  const { run, text, stuck, situations } = explanation;
  const [, ...others] = situations;
  const parts = [
    [
      `${bold(`${say('explain.run')} ${run.id}`)}  ${subjectOf(run)}  ${stateText(run.state)}  ${progressText(words, progress)}`,
      stuck.stuck ? warning(text[language]) : text[language],
      ...others.map((one) =>
        one.shard === null
          ? one.text[language]
          : say('explain.shard', { no: one.shard, text: one.text[language] }),
      ),
      ...(run.finishedAt === null
        ? [
            say('explain.still', {
              still: duration(stuck.stillMs),
              threshold: duration(stuck.thresholdMs),
            }),
          ]
        : []),
    ].join('\n'),
    section(say('explain.steps'), stepTable(words, progress)),
    ...(run.finishedAt === null ? livingParts(words, explanation) : []),
  ];
  return parts.filter((part) => part !== undefined).join('\n\n');
}

/** What is only worth telling of a run that is not over. */
function livingParts(words: Words, explanation: RunExplanation): readonly (string | undefined)[] {
  const { say } = words;
  const { children, blockedBy } = explanation;
  const others = [...blockedBy, ...children].map(otherText).join(', ');
  return [
    others === '' ? undefined : pairs([[say('explain.blockedBy'), others]]),
    section(say('explain.shards'), shardTable(words, explanation)),
    section(say('explain.calls'), callTable(words, explanation)),
    section(say('explain.workers'), workerTable(words, explanation)),
    section(say('explain.database'), databaseText(words, explanation)),
  ];
}

function progressText({ say }: Words, { fraction, etaLowMs, etaHighMs }: RunSteps): string {
  const done = say('explain.progress', { percent: percent(fraction, 1) });
  if (etaLowMs === null || etaHighMs === null) return done;
  return `${done}  ${say('explain.eta', { low: duration(etaLowMs), high: duration(etaHighMs) })}`;
}

function section(title: string, content: string | undefined): string | undefined {
  return content === undefined ? undefined : `${title}\n${content}`;
}

function stepTable({ say }: Words, { steps }: RunSteps): string | undefined {
  if (steps.length === 0) return undefined;
  return table(
    [
      { title: say('explain.column.step') },
      { title: say('column.state') },
      { title: say('explain.column.done'), align: 'right' },
      { title: say('explain.column.begun') },
      { title: say('explain.column.ended') },
      { title: say('column.detail') },
    ],
    steps.map(({ name, state, done, total, startedAt, finishedAt, detail }) => [
      name,
      state,
      total === 0 ? '-' : `${count(done)}/${count(total)}`,
      instant(startedAt),
      instant(finishedAt),
      orDash(detail),
    ]),
  );
}

function shardTable({ say }: Words, { shards }: RunExplanation): string | undefined {
  if (shards.length === 0) return undefined;
  return table(
    [
      { title: say('explain.column.shard'), align: 'right' },
      { title: say('explain.column.kind') },
      { title: say('column.source') },
      { title: say('explain.column.worker'), align: 'right' },
      { title: say('explain.column.claimed') },
      { title: say('column.items'), align: 'right' },
      { title: say('explain.column.atHand') },
    ],
    shards.map(({ no, kind, source, workerId, claimedAt, itemsOver, itemsTotal, items }) => [
      String(no),
      kind,
      orDash(source),
      workerId === null ? '-' : String(workerId),
      workerId === null ? '-' : instant(claimedAt),
      itemsTotal === 0 ? '-' : `${count(itemsOver)}/${count(itemsTotal)}`,
      items.map(({ what }) => what).join(', ') || '-',
    ]),
  );
}

function callTable({ say }: Words, { calls }: RunExplanation): string | undefined {
  if (calls.length === 0) return undefined;
  return table(
    [
      { title: say('explain.column.host') },
      { title: say('column.interface') },
      { title: say('explain.column.where') },
      { title: say('explain.column.for'), align: 'right' },
    ],
    calls.map(({ host, api, where, forMs }) => [
      orDash(host),
      orDash(api),
      say(`explain.where.${where}`),
      duration(forMs),
    ]),
  );
}

function workerTable({ say }: Words, { workers }: RunExplanation): string | undefined {
  if (workers.length === 0) return undefined;
  return table(
    [
      { title: say('explain.column.worker') },
      { title: say('explain.column.silent'), align: 'right' },
      { title: say('explain.column.slots'), align: 'right' },
      { title: say('explain.column.memory'), align: 'right' },
      { title: say('explain.column.lag'), align: 'right' },
    ],
    workers.map(({ id, node, pid, silentMs, shards, slots, rssBytes, lagP99Ms }) => [
      `${id}  ${node}  pid ${pid}`,
      duration(silentMs),
      slots === null ? '-' : `${shards}/${slots}`,
      rssBytes === null ? '-' : size(rssBytes),
      lagP99Ms === null ? '-' : `${count(lagP99Ms)} ms`,
    ]),
  );
}

function databaseText({ say }: Words, { database }: RunExplanation): string | undefined {
  const { blocked, connections, oldestTransaction } = database;
  const lines = [
    ...blocked.map(({ application, pid, waitingMs, blockers }) =>
      warning(
        say('explain.blocked', {
          who: `${application} (pid ${pid})`,
          time: duration(waitingMs),
          by: blockers.map((by) => `${by.application} (pid ${by.pid})`).join(', '),
        }),
      ),
    ),
    connections
      .map(({ application, state, count: number }) =>
        say('explain.connections', { application, state, count: number }),
      )
      .join('  '),
    ...(oldestTransaction === null
      ? []
      : [say('explain.oldest', { ...oldestTransaction, time: duration(oldestTransaction.ms) })]),
  ].filter((line) => line !== '');
  return lines.length === 0 ? undefined : lines.join('\n');
}
