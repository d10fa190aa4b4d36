import { Bitmap, type DatasetId, type PlainDay } from '@tapekeeper/core';
import type { CoverageGain } from '../ports/runStore.ts';
import { sql, type Transaction } from './connection.ts';

type Gain = Extract<CoverageGain, { kind: 'unsettled' }>;

/** Cells that are to be asked for again come onto the list of their day; those that have been leave it. */
export async function keepUnsettled(tx: Transaction, gains: readonly Gain[]): Promise<void> {
  const early = ofKind(gains, 'early');
  const settled = ofKind(gains, 'settled');
  // one order for everybody who locks several days
  for (const key of new Set([...early.keys(), ...settled.keys()].toSorted())) {
    const [dataset, day] = key.split(' ') as [DatasetId, PlainDay];
    await change(tx, dataset, day, early.get(key), settled.get(key));
  }
}

async function change(
  tx: Transaction,
  dataset: DatasetId,
  day: PlainDay,
  added: Bitmap | undefined,
  struck: Bitmap | undefined,
): Promise<void> {
  if (added !== undefined) {
    await tx.rows(sql`
      INSERT INTO tapekeeper.unsettled_day (dataset, day, members)
      VALUES (${dataset}, ${day}, ${Buffer.alloc(0)}) ON CONFLICT DO NOTHING`);
  }
  const known = await tx.maybe<{ members: Uint8Array }>(sql`
    SELECT members FROM tapekeeper.unsettled_day WHERE dataset = ${dataset} AND day = ${day} FOR UPDATE`);
  if (known === undefined) return;
  const members = Bitmap.fromBytes(known.members);
  if (added !== undefined) members.or(added);
  if (struck !== undefined) members.andNot(struck);
  await tx.rows(
    members.isEmpty()
      ? sql`DELETE FROM tapekeeper.unsettled_day WHERE dataset = ${dataset} AND day = ${day}`
      : sql`UPDATE tapekeeper.unsettled_day SET members = ${Buffer.from(members.toBytes())}
            WHERE dataset = ${dataset} AND day = ${day}`,
  );
}

function ofKind(gains: readonly Gain[], was: Gain['was']): ReadonlyMap<string, Bitmap> {
  const days = new Map<string, Bitmap>();
  for (const gain of gains) {
    if (gain.was !== was) continue;
    const key = `${gain.dataset} ${gain.day}`;
    const members = days.get(key) ?? new Bitmap();
    days.set(key, members.or(Bitmap.fromBytes(gain.members)));
  }
  return days;
}
