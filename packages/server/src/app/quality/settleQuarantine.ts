import { AppError, type DatasetId } from '@tapekeeper/core';
import type { QuarantineEntry, QuarantineRelease } from '../../ports/qualityStore.ts';
import type { AppDeps } from '../deps.ts';
import { loadMarket, type Market } from '../market.ts';
import { readAuthor, readReason } from './author.ts';
import { judgeHeld, keyText, mayBeForced, releasesOf, type HeldFault } from './judgeHeld.ts';

export interface ReleaseWish {
  readonly ids: readonly number[];
  readonly author: string;
  /** Lets in what is refused once more, where a table can hold it; needs a reason. */
  readonly force?: boolean | undefined;
  readonly reason?: string | undefined;
  readonly dryRun?: boolean | undefined;
}

/**
 * What became of a row: `released` it passes now; `forced` it does not, and is let in all the same;
 * `refused` it stays held; `not_held` it is not there, or was settled before.
 */
export interface ReleasedRow {
  readonly id: number;
  readonly outcome: 'released' | 'forced' | 'refused' | 'not_held';
  readonly rule: string | null;
  readonly detail: string | null;
}

/**
 * Lets held rows in on a person's word: judged again, with coverage, all in one transaction. Raises
 * `bad_request` without author, or without reason where it is forced, and `rows_settled` when somebody
 * else was faster.
 */
export async function releaseQuarantine(deps: AppDeps, wish: ReleaseWish): Promise<readonly ReleasedRow[]> {
  const author = readAuthor(wish.author);
  const force = wish.force === true;
  const reason = force || wish.reason !== undefined ? readReason(wish.reason) : null;
  const ids = [...new Set(wish.ids)];
  const held = await deps.store.heldRowsById(ids);
  const markets = await marketsOf(deps, held);
  const keys = new Set<string>();
  const judged = held.map((entry) => {
    const fault = judgeHeld(markets.get(entry.dataset) as Market, entry) ?? claimKey(keys, entry);
    return { entry, fault, outcome: outcomeOf(fault, force) };
  });
  const entriesOf = (outcome: ReleasedRow['outcome']): readonly QuarantineEntry[] =>
    judged.filter((one) => one.outcome === outcome).map(({ entry }) => entry);
  const released = entriesOf('released');
  const forced = entriesOf('forced');
  if (wish.dryRun !== true && released.length + forced.length > 0) {
    const isDone = await deps.store.releaseRows({
      ids: [...released, ...forced].map(({ id }) => id),
      forced: forced.map(({ id }) => id),
      releases: [
        ...releasesIn(deps, markets, released, 'fill'),
        ...releasesIn(deps, markets, forced, 'replace'),
      ],
      author,
      reason,
    });
    if (!isDone) throw new AppError('rows_settled');
    deps.log.info({ released: released.length, forced: forced.length, author }, 'quarantined rows let in');
  }
  const byId = new Map(judged.map((one) => [one.entry.id, one]));
  return ids.map((id) => {
    const one = byId.get(id);
    if (one === undefined) return { id, outcome: 'not_held', rule: null, detail: null };
    return { id, outcome: one.outcome, rule: one.fault?.rule ?? null, detail: one.fault?.detail ?? null };
  });
}

/** What the rows of each data set are judged against. */
async function marketsOf(
  deps: AppDeps,
  rows: readonly QuarantineEntry[],
): Promise<ReadonlyMap<DatasetId, Market>> {
  const datasets = [...new Set(rows.map(({ dataset }) => dataset))];
  return new Map(await Promise.all(datasets.map(async (one) => [one, await loadMarket(deps, one)] as const)));
}

function releasesIn(
  deps: AppDeps,
  markets: ReadonlyMap<DatasetId, Market>,
  rows: readonly QuarantineEntry[],
  mode: 'fill' | 'replace',
): readonly QuarantineRelease[] {
  return [...Map.groupBy(rows, ({ dataset }) => dataset)].flatMap(([dataset, own]) =>
    releasesOf(deps, markets.get(dataset) as Market, own, mode),
  );
}

function outcomeOf(fault: HeldFault | undefined, force: boolean): ReleasedRow['outcome'] {
  if (fault === undefined) return 'released';
  return force && mayBeForced(fault) ? 'forced' : 'refused';
}

/** Of rows with one key, one is let in: which of the others is right is for the next release. */
function claimKey(keys: Set<string>, entry: QuarantineEntry): HeldFault | undefined {
  const key = keyText(entry);
  if (keys.has(key)) return { rule: 'duplicate_key', detail: 'another of the rows has the key' };
  keys.add(key);
  return undefined;
}

export interface DiscardWish {
  readonly ids: readonly number[];
  readonly author: string;
  readonly reason: string;
}

/** Throws held rows away: they are kept, and counted no longer. Gives those that were held. */
export async function discardQuarantine(deps: AppDeps, wish: DiscardWish): Promise<readonly number[]> {
  return deps.store.discardRows([...new Set(wish.ids)], readAuthor(wish.author), readReason(wish.reason));
}

/** Raises `unknown_quarantined`. */
export async function findQuarantined(deps: AppDeps, id: number): Promise<QuarantineEntry> {
  const entry = await deps.store.quarantinedRow(id);
  if (entry === undefined) throw new AppError('unknown_quarantined', { id });
  return entry;
}
