import { unreachable } from '../faults.ts';
import type { PlantedBug } from './bug.ts';

/** Work that is written by halves, or counted otherwise than it was done. */
export const BUGS_OF_COMMITS: readonly PlantedBug[] = [
  {
    name: 'coverage is written before the rows, in a transaction of its own',
    plant({ calls, parts, memory, random }) {
      const { commitItems } = calls;
      calls.commitItems = (claim, batch) => {
        parts.requireFence(memory, claim);
        parts.recordGains(
          memory,
          claim.runId,
          batch.flatMap(({ gains }) => gains),
        );
        if (random() < 0.1) throw unreachable();
        return commitItems?.(claim, batch) as never;
      };
    },
  },
  {
    name: 'half of a batch is committed',
    plant({ calls, random }) {
      const { commitItems } = calls;
      calls.commitItems = (claim, batch) =>
        commitItems?.(claim, random() < 0.2 ? batch.slice(0, Math.floor(batch.length / 2)) : batch) as never;
    },
  },
  {
    name: 'a commit whose answer was lost is counted twice',
    plant({ parts, random }) {
      const { countOnShard } = parts;
      parts.countOnShard = (memory, shard, commits, written) => {
        countOnShard(memory, shard, commits, written);
        if (random() < 0.05) countOnShard(memory, shard, commits, written);
      };
    },
  },
  {
    name: 'rows are counted whether they were there or not',
    plant({ parts }) {
      const { writeRows } = parts;
      parts.writeRows = (memory, write, runId) => {
        writeRows(memory, write, runId);
        return { inserted: write.rows.length, updated: 0, unchanged: 0 };
      };
    },
  },
  {
    name: 'an item that was under way stays so when its shard is given back',
    plant({ parts }) {
      parts.putBackItems = () => {};
    },
  },
  {
    name: 'what is covered is more than what came',
    plant({ parts }) {
      const { writeRows } = parts;
      parts.writeRows = (memory, write, runId) =>
        writeRows(
          memory,
          write.dataset === 'daily_bars' ? { ...write, rows: write.rows.slice(1) } : write,
          runId,
        );
    },
  },
];
