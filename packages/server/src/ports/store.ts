import type { AccessStore } from './accessStore.ts';
import type { AlertStore } from './alertStore.ts';
import type { CollectionStore } from './collectionStore.ts';
import type { CoverageStore } from './coverageStore.ts';
import type { DataReader } from './dataReader.ts';
import type { EventStore } from './eventStore.ts';
import type { ExecutionStore } from './executionStore.ts';
import type { ExplainStore } from './explainStore.ts';
import type { JobStore } from './jobStore.ts';
import type { LogTableStore } from './logTableStore.ts';
import type { NoticeStore } from './noticeStore.ts';
import type { MetricsStore } from './metricsStore.ts';
import type { LogPageStore } from './logPageStore.ts';
import type { OperationStore } from './operationStore.ts';
import type { PageStore } from './pageStore.ts';
import type { PriorityStore } from './priorityStore.ts';
import type { QualityStore } from './qualityStore.ts';
import type { RequestStore } from './requestStore.ts';
import type { RunControlStore } from './runControlStore.ts';
import type { RunStore } from './runStore.ts';
import type { HostBudgetStore, HostStore, SourceStore } from './sourceStore.ts';
import type { StatisticsStore } from './statisticsStore.ts';
import type { SymbolSetStore } from './symbolSetStore.ts';
import type { SyncStore } from './syncStore.ts';
import type { ImportStore } from './importStore.ts';
import type { TaskStore } from './taskStore.ts';
import type { ViewStore } from './viewStore.ts';

/** The database, as the use cases see it. */
export interface Store
  extends
    RunStore,
    RunControlStore,
    JobStore,
    CollectionStore,
    CoverageStore,
    EventStore,
    SourceStore,
    HostStore,
    HostBudgetStore,
    PageStore,
    PriorityStore,
    ViewStore,
    ExplainStore,
    ExecutionStore,
    DataReader,
    LogTableStore,
    QualityStore,
    SymbolSetStore,
    SyncStore,
    TaskStore,
    ImportStore,
    MetricsStore,
    StatisticsStore,
    AccessStore,
    AlertStore,
    NoticeStore,
    OperationStore,
    LogPageStore,
    RequestStore {
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
