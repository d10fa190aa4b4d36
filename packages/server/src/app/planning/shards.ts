import { Bitmap, type PlannedItem, type SourceId } from '@tapekeeper/core';
import type { NewItem, ShardPlan } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';

/** Below this many items a further shard costs more than it brings. */
const ITEMS_A_SHARD = 60;

/** A source with a single connection gets one shard; others are cut so that workers can share the run. */
export function cutShards(deps: AppDeps, source: SourceId, items: readonly NewItem[]): readonly ShardPlan[] {
  if (items.length === 0) return [];
  const single = deps.sources.get(source)?.singleConnection ?? false;
  const count = single ? 1 : Math.min(deps.settings.maxShards, Math.ceil(items.length / ITEMS_A_SHARD));
  const size = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size))
    .filter((slice) => slice.length > 0)
    .map((slice) => ({
      source,
      items: slice,
      symbolsTotal: slice.reduce((sum, item) => sum + symbolsOf(item), 0),
    }));
}

export function newItem(item: PlannedItem, source: SourceId): NewItem {
  switch (item.shape) {
    case 'day':
      return {
        source,
        shape: 'day',
        from: item.day,
        to: item.day,
        instrumentId: null,
        members: item.members.isEmpty() ? null : item.members.toBytes(),
      };
    case 'symbol':
      return {
        source,
        shape: 'symbol',
        from: item.from,
        to: item.to,
        instrumentId: item.instrumentId,
        members: null,
      };
    case 'all':
      return { source, shape: 'all', from: item.from, to: item.to, instrumentId: null, members: null };
  }
}

function symbolsOf(item: NewItem): number {
  if (item.members !== null) return Bitmap.fromBytes(item.members).count();
  return item.instrumentId === null ? 0 : 1;
}
