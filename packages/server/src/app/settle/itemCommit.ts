import { Bitmap, DATASETS } from '@tapekeeper/core';
import type { Item, ItemCommit } from '../../ports/runStore.ts';
import type { Answer, AskContext } from '../../ports/source.ts';
import type { Asked } from '../askItem.ts';
import type { ShardWork } from '../shardWork.ts';
import { chainFactors, chainingSpan, type Chained } from './chainFactors.ts';
import { settleAnswer } from './settleAnswer.ts';

/** The item as it is asked for: factors with the neighbouring days that they are chained by. */
export function questionItem({ run, market }: ShardWork, item: Item): Item {
  return run.dataset === 'adj_factors' ? { ...item, ...chainingSpan(item, market) } : item;
}

/** What becomes of an item: of its answer, or of the failure to get one. */
export async function commitOf(
  work: ShardWork,
  item: Item,
  asked: Asked,
  context: AskContext,
): Promise<ItemCommit> {
  if (asked.answer !== null) return commitOfAnswer(work, item, asked, asked.answer, context);
  return {
    itemNo: item.no,
    // An item whose source is dropped goes back; the new plan takes its place.
    state: asked.reaction === 'drop_source' ? 'pending' : 'failed',
    attempts: asked.attempts,
    writes: [],
    quarantined: [],
    flags: [],
    gains: [],
    outcome: asked.reaction === 'drop_source' ? null : 'failed',
    counts: asked.reaction === 'drop_source' ? {} : { failed: symbolsIn(item) },
    exceptions: [],
    error: asked.error,
    bytes: 0,
    lastSymbol: null,
  };
}

async function commitOfAnswer(
  work: ShardWork,
  item: Item,
  { attempts }: Asked,
  whole: Answer,
  context: AskContext,
): Promise<ItemCommit> {
  const { deps, run, market, lastFinal, lastSettled, unsettled, claim } = work;
  const { answer, refused, gains } = await chainedAnswer(work, item, whole, context);
  const settled = settleAnswer({
    dataset: run.dataset,
    item,
    answer,
    market,
    lastFinal,
    lastSettled,
    unsettled,
    recentRows: await recentRows(work, item),
    isFallback: run.params.sources.indexOf(item.source) > 0 && claim.round > 0,
    refused,
  });
  if (settled.error?.code !== 'not_ready') {
    return { itemNo: item.no, attempts, ...settled, gains: [...settled.gains, ...gains] };
  }
  const noted = attempts.map((one, at) =>
    at === attempts.length - 1 ? { ...one, error: settled.error } : one,
  );
  if (item.attempts >= deps.settings.readyTries) return { itemNo: item.no, ...settled, attempts: noted };
  return { itemNo: item.no, ...settled, state: 'pending', outcome: null, counts: {}, attempts: noted };
}

async function chainedAnswer(
  { deps, run, market }: ShardWork,
  item: Item,
  answer: Answer,
  context: AskContext,
): Promise<Chained> {
  if (run.dataset !== 'adj_factors') return { answer, refused: [], gains: [] };
  return chainFactors({
    item,
    answer,
    market,
    store: deps.store,
    async dayBefore() {
      const day = market.calendar.previousOpen(item.from);
      const source = deps.sources.get(item.source);
      return day === undefined || source === undefined
        ? null
        : source.ask({ shape: 'day', dataset: 'adj_factors', day }, context);
    },
  });
}

/** Days before that say how many rows a market usually has. */
const USUAL_DAYS = 5;

async function recentRows({ deps, run, lastSettled }: ShardWork, item: Item): Promise<readonly number[]> {
  if (item.shape !== 'day' || item.from <= lastSettled || DATASETS[run.dataset].kind !== 'grid') return [];
  return deps.store.recentDayRows(run.dataset, item.source, item.from, USUAL_DAYS);
}

function symbolsIn(item: Item): number {
  if (item.members !== null) return Bitmap.fromBytes(item.members).count();
  return item.instrumentId === null ? 0 : 1;
}
