import type { AccessStore } from './accessStore.ts';
import type { AlertStore } from './alertStore.ts';
import type { CoverageStore } from './coverageStore.ts';
import type { DataReader } from './dataReader.ts';
import type { EventStore } from './eventStore.ts';
import type { ExplainStore } from './explainStore.ts';
import type { JobStore } from './jobStore.ts';
import type { NoticeStore } from './noticeStore.ts';
import type { MetricsStore } from './metricsStore.ts';
import type { OperationStore } from './operationStore.ts';
import type { PriorityStore } from './priorityStore.ts';
import type { QualityStore } from './qualityStore.ts';
import type { RequestStore } from './requestStore.ts';
import type { RunControlStore } from './runControlStore.ts';
import type { RunStore } from './runStore.ts';
import type { HostBudgetStore, HostStore, SourceStore } from './sourceStore.ts';
import type { StatisticsStore } from './statisticsStore.ts';
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
    EventStore,
    SourceStore,
    HostStore,
    HostBudgetStore,
    PriorityStore,
    ViewStore,
    ExplainStore,
    DataReader,
    QualityStore,
    SymbolSetStore,
    TaskStore,
    MetricsStore,
    StatisticsStore,
    AccessStore,
    AlertStore,
    NoticeStore,
    OperationStore,
    RequestStore {
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
