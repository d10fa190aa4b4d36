import { Bitmap, type DatasetId, type OriginId, type PlainDay, type SourceId } from '@tapekeeper/core';
import type {
  DatasetCoverage,
  Freshness,
  PlannedQuestion,
} from '../../../packages/server/src/ports/coverageStore.ts';
import type { CoverageGain } from '../../../packages/server/src/ports/runStore.ts';
import type { Memory } from './memory.ts';
import type { ExceptionRow, RangeCoverRow } from './tables.ts';

type Gain<Kind extends CoverageGain['kind']> = Extract<CoverageGain, { kind: Kind }>;

/** Records what a commit has made complete. */
export function recordGains(memory: Memory, runId: number, gains: readonly CoverageGain[]): void {
  for (const gain of gains) {
    switch (gain.kind) {
      case 'day':
        coverDay(memory, runId, gain);
        break;
      case 'range':
        coverRange(memory, gain);
        break;
      case 'exception':
        memory.tables.exceptions.set(exceptionKey(gain), { ...gain, kind: gain.exception });
        break;
      case 'unsettled':
        noteUnsettled(memory, gain);
        break;
      case 'fresh':
        noteFresh(memory, gain);
        break;
      case 'factor_base':
      case 'recoded':
        // of data sets that the simulated world has not
        break;
    }
  }
}

function coverDay(memory: Memory, runId: number, gain: Gain<'day'>): void {
  const { dataset, day, source, members, rows } = gain;
  const { coveredDays } = memory.tables;
  const known = coveredDays.find(
    (one) => one.dataset === dataset && one.day === day && one.source === source && one.runId === runId,
  );
  const now = { members, rows, at: memory.now() };
  if (known === undefined) coveredDays.push({ dataset, day, source, runId, ...now });
  else Object.assign(known, now);
  Bitmap.fromBytes(members).forEach((instrumentId) => {
    dropAbsence(memory, { dataset, instrumentId, day, source });
  });
}

/** A new range swallows the stored ones that it overlaps or touches. */
function coverRange(memory: Memory, gain: Gain<'range'>): void {
  const { dataset, source, instrumentId } = gain;
  let { from, to } = gain;
  const rest: RangeCoverRow[] = [];
  for (const range of memory.tables.coveredRanges) {
    const isOwn = range.dataset === dataset && range.source === source && range.instrumentId === instrumentId;
    if (!isOwn || range.from > gain.touchesTo || range.to < gain.touchesFrom) {
      rest.push(range);
      continue;
    }
    if (range.from < from) from = range.from;
    if (range.to > to) to = range.to;
  }
  memory.tables.coveredRanges = [...rest, { dataset, source, instrumentId, from, to }];
  for (const exception of memory.tables.exceptions.values()) {
    const { day } = exception;
    if (exception.instrumentId === instrumentId && day >= gain.from && day <= gain.to)
      dropAbsence(memory, { dataset, instrumentId, day, source });
  }
}

type ExceptionKey = Omit<ExceptionRow, 'kind' | 'source'> & { readonly source: OriginId };

/** A source that gives a row takes back its own word that there is none. */
function dropAbsence({ tables }: Memory, cell: ExceptionKey): void {
  const key = exceptionKey(cell);
  if (tables.exceptions.get(key)?.kind === 'absent') tables.exceptions.delete(key);
}

function exceptionKey({ dataset, instrumentId, day, source }: ExceptionKey): string {
  return `${dataset} ${instrumentId} ${day} ${source}`;
}

function noteUnsettled({ tables: { unsettled } }: Memory, gain: Gain<'unsettled'>): void {
  const key = `${gain.dataset} ${gain.day}`;
  const known = unsettled.get(key);
  const members = known === undefined ? new Bitmap() : Bitmap.fromBytes(known);
  if (gain.was === 'early') members.or(Bitmap.fromBytes(gain.members));
  else if (known === undefined) return;
  else members.andNot(Bitmap.fromBytes(gain.members));
  if (members.isEmpty()) unsettled.delete(key);
  else unsettled.set(key, members.toBytes());
}

function noteFresh(memory: Memory, gain: Gain<'fresh'>): void {
  const { dataset, scope, source, from, through } = gain;
  const { fresh } = memory.tables;
  const known = fresh.get(`${dataset} ${scope}`);
  fresh.set(`${dataset} ${scope}`, {
    dataset,
    scope,
    source,
    asOf: memory.now(),
    from: known?.from != null && (from === null || known.from < from) ? known.from : from,
    through:
      known?.through != null && (through === null || known.through > through) ? known.through : through,
  });
}

export function coverageOf(
  { tables }: Memory,
  dataset: DatasetId,
  from: PlainDay,
  to: PlainDay,
  instrumentIds: readonly number[] | null,
): DatasetCoverage {
  const isWanted = (id: number): boolean => instrumentIds === null || instrumentIds.includes(id);
  return {
    ranges: tables.coveredRanges.filter(
      (one) => one.dataset === dataset && one.from <= to && one.to >= from && isWanted(one.instrumentId),
    ),
    days: tables.coveredDays
      .filter((one) => one.dataset === dataset && one.day >= from && one.day <= to)
      .toSorted((a, b) => (a.day < b.day ? -1 : 1)),
    exceptions: [...tables.exceptions.values()].filter(
      (one) => one.dataset === dataset && one.day >= from && one.day <= to && isWanted(one.instrumentId),
    ),
  };
}

export function freshness({ tables }: Memory, dataset: DatasetId): readonly Freshness[] {
  return [...tables.fresh.values()].filter((one) => one.dataset === dataset);
}

export function coveredSpan(
  { tables }: Memory,
  dataset: DatasetId,
): { from: PlainDay; to: PlainDay } | undefined {
  const days = [
    ...tables.coveredDays.filter((one) => one.dataset === dataset).map(({ day }) => day),
    ...tables.coveredRanges.filter((one) => one.dataset === dataset).flatMap(({ from, to }) => [from, to]),
  ].toSorted();
  const [from, to] = [days[0], days.at(-1)];
  return from === undefined || to === undefined ? undefined : { from, to };
}

export function unsettledDays(
  { tables }: Memory,
  dataset: DatasetId,
): readonly { day: PlainDay; members: Uint8Array }[] {
  return [...tables.unsettled]
    .filter(([key]) => key.startsWith(`${dataset} `))
    .map(([key, members]) => ({ day: key.split(' ')[1] as PlainDay, members }))
    .toSorted((a, b) => (a.day < b.day ? -1 : 1));
}

export function plannedQuestions({ tables }: Memory, runId: number): readonly PlannedQuestion[] {
  return (tables.items.get(runId) ?? [])
    .filter(({ state }) => state === 'done' || state === 'failed' || state === 'cancelled')
    .map(({ from, to, instrumentId, members, state }) => ({
      from,
      to,
      instrumentId,
      members,
      isDropped: state === 'cancelled',
    }));
}

export function unpublishedDays({ tables }: Memory, runId: number): readonly PlainDay[] {
  const items = tables.items.get(runId) ?? [];
  return [
    ...new Set(
      items.filter((one) => one.state === 'failed' && one.errorCode === 'not_ready').map(({ from }) => from),
    ),
  ];
}

export function recentDayRows(
  { tables }: Memory,
  dataset: DatasetId,
  source: SourceId,
  before: PlainDay,
  count: number,
): readonly number[] {
  return tables.coveredDays
    .filter((one) => one.dataset === dataset && one.source === source && one.day < before)
    .toSorted((a, b) => (a.day > b.day ? -1 : 1))
    .slice(0, count)
    .map(({ rows }) => rows);
}
