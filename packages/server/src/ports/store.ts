import type { AccessStore } from './accessStore.ts';
import type { CoverageStore } from './coverageStore.ts';
import type { DataReader } from './dataReader.ts';
import type { ExplainStore } from './explainStore.ts';
import type { JobStore } from './jobStore.ts';
import type { OperationStore } from './operationStore.ts';
import type { PriorityStore } from './priorityStore.ts';
import type { QualityStore } from './qualityStore.ts';
import type { RunControlStore } from './runControlStore.ts';
import type { RunStore } from './runStore.ts';
import type { HostStore, SourceStore } from './sourceStore.ts';
import type { SymbolSetStore } from './symbolSetStore.ts';
import type { TaskStore } from './taskStore.ts';
import type { ViewStore } from './viewStore.ts';

/** The database, as the use cases see it. */
export interface Store
  extends
    RunStore,
    RunControlStore,
    JobStore,
    CoverageStore,
    SourceStore,
    HostStore,
    PriorityStore,
    ViewStore,
    ExplainStore,
    DataReader,
    QualityStore,
    SymbolSetStore,
    TaskStore,
    AccessStore,
    OperationStore {
  /** Numbers up to `limit` committed events for the readers of the log; returns how many. */
  publishEvents(limit: number): Promise<number>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
