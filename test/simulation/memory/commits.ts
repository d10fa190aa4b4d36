import type { SymbolOutcome } from '@tapekeeper/core';
import type { ItemCommit, RowsWritten, ShardClaim } from '../../../packages/server/src/ports/runStore.ts';
import type { Memory } from './memory.ts';
import type { ItemRow, ShardRow } from './tables.ts';

/** The commit of a batch of items: everything that they change, or nothing. */
export function commitItems(memory: Memory, claim: ShardClaim, batch: readonly ItemCommit[]): RowsWritten {
  const shard = memory.parts.requireFence(memory, claim);
  const commits = memory.parts.uncommitted(memory, claim, batch);
  const total = { inserted: 0, updated: 0, unchanged: 0 };
  if (commits.length === 0) return total;
  for (const write of commits.flatMap((commit) => commit.writes)) {
    const written = memory.parts.writeRows(memory, write, claim.runId);
    total.inserted += written.inserted;
    total.updated += written.updated;
    total.unchanged += written.unchanged;
  }
  memory.parts.recordGains(
    memory,
    claim.runId,
    commits.flatMap((commit) => commit.gains),
  );
  for (const commit of commits) closeItem(memory, claim, commit);
  memory.parts.countOnShard(memory, shard, commits, total);
  return total;
}

/** What is committed already, by a call whose answer was lost on the way, is left out. */
export function uncommitted(
  memory: Memory,
  claim: ShardClaim,
  batch: readonly ItemCommit[],
): readonly ItemCommit[] {
  return batch.filter((commit) => itemRow(memory, claim.runId, commit.itemNo)?.state === 'running');
}

function itemRow({ tables }: Memory, runId: number, no: number): ItemRow | undefined {
  return tables.items.get(runId)?.[no - 1];
}

function closeItem(memory: Memory, claim: ShardClaim, commit: ItemCommit): void {
  const item = itemRow(memory, claim.runId, commit.itemNo);
  if (item === undefined) return;
  item.state = commit.state;
  item.errorCode = commit.error?.code ?? null;
  for (const { calls, error } of commit.attempts) {
    const failure = { errorCode: error?.code ?? null, errorMessage: error?.message ?? null };
    const { runId, workerId, fence } = claim;
    memory.tables.attempts.push({ runId, itemNo: item.no, calls, ...failure, workerId, fence });
  }
}

export function countOnShard(
  _memory: Memory,
  shard: ShardRow,
  commits: readonly ItemCommit[],
  written: RowsWritten,
): void {
  for (const commit of commits) {
    if (commit.state === 'done') shard.itemsDone += 1;
    if (commit.state === 'failed') shard.itemsFailed += 1;
    for (const [outcome, count] of Object.entries(commit.counts) as [SymbolOutcome, number][])
      shard.outcomes[outcome] = (shard.outcomes[outcome] ?? 0) + count;
    shard.bytes += commit.bytes;
    for (const attempt of commit.attempts) {
      shard.calls += attempt.calls;
      shard.lastSource = attempt.source;
    }
    shard.lastSymbol = commit.lastSymbol ?? shard.lastSymbol;
  }
  shard.troubles = 0;
  shard.rowsWritten += written.inserted + written.updated;
  shard.rowsUnchanged += written.unchanged;
}
