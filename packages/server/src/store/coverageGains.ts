import type { DatasetId, OriginId, PlainDay } from '@tapekeeper/core';
import { sql, type Transaction } from './connection.ts';
import { setFactorBases } from './factors.ts';
import { keepFormerCodes } from './recode.ts';
import { keepUnsettled } from './unsettled.ts';
import type { CoverageGain, RunId } from '../ports/runStore.ts';

type Gain<Kind extends CoverageGain['kind']> = Extract<CoverageGain, { kind: Kind }>;

/** Records what a commit has made complete, in the same transaction as its rows. */
export async function recordGains(
  tx: Transaction,
  runId: RunId,
  gains: readonly CoverageGain[],
): Promise<void> {
  await insertDays(tx, runId, ofKind(gains, 'day'));
  for (const [, group] of grouped(ofKind(gains, 'range'))) await mergeRangeRows(tx, group);
  await insertExceptions(tx, runId, ofKind(gains, 'exception'));
  await upsertFresh(tx, runId, ofKind(gains, 'fresh'));
  await keepUnsettled(tx, ofKind(gains, 'unsettled'));
  await setFactorBases(tx, ofKind(gains, 'factor_base'));
  await keepFormerCodes(tx, ofKind(gains, 'recoded'));
}

function ofKind<Kind extends CoverageGain['kind']>(
  gains: readonly CoverageGain[],
  kind: Kind,
): readonly Gain<Kind>[] {
  return gains.filter((gain): gain is Gain<Kind> => gain.kind === kind);
}

function grouped<T extends { dataset: DatasetId; source: OriginId }>(
  gains: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  return Map.groupBy(gains, (gain) => `${gain.dataset} ${gain.source}`);
}

async function insertDays(tx: Transaction, runId: RunId, gains: readonly Gain<'day'>[]): Promise<void> {
  if (gains.length === 0) return;
  await dropEarlierReadings(tx, runId, gains);
  await tx.rows(sql`
    INSERT INTO tapekeeper.coverage_day (dataset, day, source, run_id, members, rows)
    SELECT dataset, day, source, ${runId}, members, rows FROM unnest(
      ${gains.map((gain) => gain.dataset)}::text[], ${gains.map((gain) => gain.day)}::date[],
      ${gains.map((gain) => gain.source)}::text[], ${gains.map((gain) => Buffer.from(gain.members))}::bytea[],
      ${gains.map((gain) => gain.rows)}::int[]) AS new (dataset, day, source, members, rows)
    ON CONFLICT (dataset, day, source, run_id) DO UPDATE SET members = EXCLUDED.members, rows = EXCLUDED.rows, at = EXCLUDED.at`);
  await dropAbsencesOfDays(tx, gains);
}

/** Of the days of a stream, which have no members, only the last reading is kept. */
async function dropEarlierReadings(
  tx: Transaction,
  runId: RunId,
  gains: readonly Gain<'day'>[],
): Promise<void> {
  const readings = gains.filter(({ members }) => members.length === 0);
  if (readings.length === 0) return;
  await tx.rows(sql`
    DELETE FROM tapekeeper.coverage_day AS c USING unnest(
      ${readings.map((gain) => gain.dataset)}::text[], ${readings.map((gain) => gain.day)}::date[],
      ${readings.map((gain) => gain.source)}::text[]) AS n (dataset, day, source)
    WHERE c.dataset = n.dataset AND c.day = n.day AND c.source = n.source AND c.run_id <> ${runId}`);
}

/** A source that gives a row takes back its own word that there is none. */
async function dropAbsencesOfDays(tx: Transaction, gains: readonly Gain<'day'>[]): Promise<void> {
  for (const gain of gains) {
    await tx.rows(sql`
      DELETE FROM tapekeeper.coverage_exception
      WHERE dataset = ${gain.dataset} AND day = ${gain.day} AND source = ${gain.source} AND kind = 'absent'
        AND instrument_id < octet_length(${Buffer.from(gain.members)}::bytea) * 8
        AND get_bit(${Buffer.from(gain.members)}::bytea, instrument_id) = 1`);
  }
}

/** The same for the days of ranges. */
async function dropAbsencesOfRanges(tx: Transaction, gains: readonly Gain<'range'>[]): Promise<void> {
  const [{ dataset, source }] = gains as [Gain<'range'>];
  await tx.rows(sql`
    DELETE FROM tapekeeper.coverage_exception AS e USING unnest(
      ${gains.map((gain) => gain.instrumentId)}::int[], ${gains.map((gain) => gain.from)}::date[],
      ${gains.map((gain) => gain.to)}::date[]) AS n (instrument_id, from_day, to_day)
    WHERE e.dataset = ${dataset} AND e.source = ${source} AND e.kind = 'absent'
      AND e.instrument_id = n.instrument_id AND e.day BETWEEN n.from_day AND n.to_day`);
}

interface StoredRange {
  readonly instrument_id: number;
  readonly from_day: PlainDay;
  readonly to_day: PlainDay;
}

/** New ranges swallow the stored ones that they overlap or touch, in sorted key order. */
async function mergeRangeRows(tx: Transaction, gains: readonly Gain<'range'>[]): Promise<void> {
  const [{ dataset, source }] = gains as [Gain<'range'>];
  const sorted = gains.toSorted((a, b) => a.instrumentId - b.instrumentId || (a.from < b.from ? -1 : 1));
  const swallowed = await tx.rows<StoredRange>(sql`
    DELETE FROM tapekeeper.coverage_range AS c USING unnest(
      ${sorted.map((gain) => gain.instrumentId)}::int[], ${sorted.map((gain) => gain.touchesFrom)}::date[],
      ${sorted.map((gain) => gain.touchesTo)}::date[]) AS n (instrument_id, touches_from, touches_to)
    WHERE c.dataset = ${dataset} AND c.source = ${source} AND c.instrument_id = n.instrument_id
      AND c.from_day <= n.touches_to AND c.to_day >= n.touches_from
    RETURNING c.instrument_id, c.from_day, c.to_day`);
  const merged = joinRanges(sorted, swallowed);
  await tx.rows(sql`
    INSERT INTO tapekeeper.coverage_range (dataset, instrument_id, source, from_day, to_day)
    SELECT ${dataset}, instrument_id, ${source}, from_day, to_day FROM unnest(
      ${merged.map((range) => range.instrument_id)}::int[], ${merged.map((range) => range.from_day)}::date[],
      ${merged.map((range) => range.to_day)}::date[]) AS new (instrument_id, from_day, to_day)
    ON CONFLICT (dataset, instrument_id, source, from_day)
      DO UPDATE SET to_day = greatest(coverage_range.to_day, EXCLUDED.to_day)`);
  await dropAbsencesOfRanges(tx, sorted);
}

function joinRanges(
  gains: readonly Gain<'range'>[],
  swallowed: readonly StoredRange[],
): readonly StoredRange[] {
  const touching = (gain: Gain<'range'>): readonly StoredRange[] =>
    swallowed.filter(
      (range) =>
        range.instrument_id === gain.instrumentId &&
        range.from_day <= gain.touchesTo &&
        range.to_day >= gain.touchesFrom,
    );
  const joined = new Map<number, StoredRange[]>();
  for (const gain of gains) {
    let from = gain.from;
    let to = gain.to;
    for (const range of touching(gain)) {
      if (range.from_day < from) from = range.from_day;
      if (range.to_day > to) to = range.to_day;
    }
    const own = joined.get(gain.instrumentId) ?? [];
    const last = own.at(-1);
    if (last && last.to_day >= gain.touchesFrom) {
      own[own.length - 1] = { ...last, to_day: last.to_day > to ? last.to_day : to };
    } else {
      own.push({ instrument_id: gain.instrumentId, from_day: from, to_day: to });
    }
    joined.set(gain.instrumentId, own);
  }
  return [...joined.values()].flat();
}

async function insertExceptions(
  tx: Transaction,
  runId: RunId,
  gains: readonly Gain<'exception'>[],
): Promise<void> {
  if (gains.length === 0) return;
  await tx.rows(sql`
    INSERT INTO tapekeeper.coverage_exception (dataset, instrument_id, day, source, kind, run_id)
    SELECT dataset, instrument_id, day, source, kind, ${runId} FROM unnest(
      ${gains.map((gain) => gain.dataset)}::text[], ${gains.map((gain) => gain.instrumentId)}::int[],
      ${gains.map((gain) => gain.day)}::date[], ${gains.map((gain) => gain.source)}::text[],
      ${gains.map((gain) => gain.exception)}::text[]) AS new (dataset, instrument_id, day, source, kind)
    ON CONFLICT (dataset, instrument_id, day, source) DO UPDATE
      SET kind = EXCLUDED.kind, run_id = EXCLUDED.run_id, at = EXCLUDED.at
      WHERE coverage_exception.kind <> 'accepted'`);
}

async function upsertFresh(tx: Transaction, runId: RunId, gains: readonly Gain<'fresh'>[]): Promise<void> {
  for (const gain of gains) {
    await tx.rows(sql`
      INSERT INTO tapekeeper.coverage_fresh (dataset, scope, source, run_id, as_of, from_day, through_day)
      VALUES (${gain.dataset}, ${gain.scope}, ${gain.source}, ${runId}, tapekeeper.now(), ${gain.from}, ${gain.through})
      ON CONFLICT (dataset, scope) DO UPDATE SET source = EXCLUDED.source, run_id = EXCLUDED.run_id, as_of = EXCLUDED.as_of,
        from_day = least(coverage_fresh.from_day, EXCLUDED.from_day),
        through_day = greatest(coverage_fresh.through_day, EXCLUDED.through_day)`);
  }
}
