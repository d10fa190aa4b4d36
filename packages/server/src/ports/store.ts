import type { CoverageStore } from './coverageStore.ts';
import type { DataReader } from './dataReader.ts';
import type { PriorityStore } from './priorityStore.ts';
import type { QualityStore } from './qualityStore.ts';
import type { RunStore } from './runStore.ts';
import type { HostStore, SourceStore } from './sourceStore.ts';
import type { SymbolSetStore } from './symbolSetStore.ts';
import type { ViewStore } from './viewStore.ts';

/** The database, as the use cases see it. */
export interface Store
  extends
    RunStore,
    CoverageStore,
    SourceStore,
    HostStore,
    PriorityStore,
    ViewStore,
    DataReader,
    QualityStore,
    SymbolSetStore {
  /** Numbers up to `limit` committed events for the readers of the log; returns how many. */
  publishEvents(limit: number): Promise<number>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
