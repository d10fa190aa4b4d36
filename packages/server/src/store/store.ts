import type { Store } from '../ports/store.ts';
import * as acceptedHoles from './acceptedHoles.ts';
import * as cells from './cellView.ts';
import { commitItems } from './commit.ts';
import { sql, type Database } from './connection.ts';
import * as coverage from './coverage.ts';
import { eventBounds, eventsAfter, publishEvents } from './events.ts';
import * as factors from './factors.ts';
import { takeItems } from './items.ts';
import { runItems } from './itemViews.ts';
import { lossesOf } from './losses.ts';
import { savePlan } from './plans.ts';
import { createPageStore } from './pages.ts';
import * as priorities from './priorities.ts';
import { heldRows, replayHeldRows } from './quarantine.ts';
import * as quarantineView from './quarantineView.ts';
import * as reconciliation from './reconciliation.ts';
import { revisions } from './revisions.ts';
import { createDataReader } from './reader/dataReader.ts';
import { rescue, strandedRuns } from './rescue.ts';
import * as runs from './runs.ts';
import * as runViews from './runViews.ts';
import * as shards from './shards.ts';
import * as sizes from './sizes.ts';
import * as sources from './sources.ts';
import * as symbolSets from './symbolSets.ts';
import { createStatisticsStore } from './statistics/statisticsStore.ts';
import { createAccessStore } from './access/accessStore.ts';
import { createAlertStore } from './alerts/alertStore.ts';
import { createNoticeStore } from './notices/noticeStore.ts';
import { createLogPageStore } from './logPages.ts';
import { createOperationStore } from './operationStore.ts';
import { createRequestStore } from './requests.ts';
import { createExecutionStore } from './executions.ts';
import { createExplainStore } from './explainStore.ts';
import { createFireStore } from './fires/fireStore.ts';
import { createJobStore } from './jobs/jobStore.ts';
import { createLogTableStore } from './logTables/logTableStore.ts';
import { createRunControl } from './control/runControl.ts';
import { createMetricsStore } from './metricsFacts.ts';
import { createNodeStore } from './control/nodes.ts';
import { createTaskStore } from './control/tasks.ts';
import { createImportStore } from './imports.ts';
import { createSyncStore } from './syncs.ts';
import * as workers from './workers.ts';

/** The statements of this folder, bound to one database, as the port that the use cases see. */
export function createStore(db: Database): Store {
  const bind =
    <Input extends readonly unknown[], Output>(
      statement: (db: Database, ...input: Input) => Promise<Output>,
    ) =>
    (...input: Input): Promise<Output> =>
      statement(db, ...input);
  return {
    registerWorker: bind(workers.registerWorker),
    settlePredecessors: bind(workers.settlePredecessors),
    beat: bind(workers.beat),
    stopWorker: bind(workers.stopWorker),

    createRun: bind(runs.createRun),
    waitForRuns: bind(runs.waitForRuns),
    settleParams: bind(runs.settleParams),
    requirementsOf: bind(runs.requirementsOf),
    failRun: bind(runs.failRun),
    claimShard: bind(shards.claimShard),
    releaseShard: bind(shards.releaseShard),
    closeShard: bind(shards.closeShard),
    failShard: bind(shards.failShard),
    replan: bind(shards.replan),
    savePlan: bind(savePlan),
    takeItems: bind(takeItems),
    commitItems: bind(commitItems),
    heldRows: bind(heldRows),
    replayHeldRows: bind(replayHeldRows),
    rescue: bind(rescue),

    instruments: bind(coverage.instruments),
    aliases: bind(coverage.aliases),
    calendarDays: bind(coverage.calendarDays),
    calendarVersion: bind(coverage.calendarVersion),
    coverageOf: bind(coverage.coverageOf),
    unsettledDays: bind(coverage.unsettledDays),
    plannedQuestions: bind(coverage.plannedQuestions),
    unpublishedDays: bind(coverage.unpublishedDays),
    factorBases: bind(factors.factorBases),
    factorsOn: bind(factors.factorsOn),
    freshness: bind(coverage.freshness),
    coveredSpan: bind(coverage.coveredSpan),
    recentDayRows: bind(coverage.recentDayRows),
    foldDays: bind(coverage.foldDays),

    rights: bind(sources.rights),
    saveRight: bind(sources.saveRight),
    setBudgets: bind(sources.setBudgets),
    hostBudgets: bind(sources.hostBudgets),
    chooseBudgets: bind(sources.chooseBudgets),
    closeBreaker: bind(sources.closeBreaker),
    takeCall: bind(sources.takeCall),
    drainBudget: bind(sources.drainBudget),
    noteSuccess: bind(sources.noteSuccess),
    noteFailure: bind(sources.noteFailure),
    openBreaker: bind(sources.openBreaker),
    takeLease: bind(sources.takeLease),
    releaseLease: bind(sources.releaseLease),
    leaseWanted: bind(sources.leaseWanted),
    hostFacts: bind(sources.hostFacts),
    forgetLearned: bind(sources.forgetLearned),

    priorities: bind(priorities.priorities),
    setPriority: bind(priorities.setPriority),
    clearPriority: bind(priorities.clearPriority),

    run: bind(runViews.run),
    runs: bind(runViews.runs),
    runSymbols: bind(runViews.runSymbols),
    runItems: bind(runItems),
    runsOfJobs: bind(runViews.runsOfJobs),
    lossesOf: bind(lossesOf),
    cell: bind(cells.cell),
    estimatedRows: bind(sizes.estimatedRows),
    databaseBytes: bind(sizes.databaseBytes),
    strandedRuns: bind(strandedRuns),
    publishEvents: bind(publishEvents),
    eventBounds: bind(eventBounds),
    eventsAfter: bind(eventsAfter),

    coverageChanges: bind(acceptedHoles.coverageChanges),
    acceptHole: bind(acceptedHoles.acceptHole),
    acceptedHole: bind(acceptedHoles.acceptedHole),
    acceptedHoles: bind(acceptedHoles.acceptedHoles),
    revokeHole: bind(acceptedHoles.revokeHole),
    quarantined: bind(quarantineView.quarantined),
    quarantinedRow: bind(quarantineView.quarantinedRow),
    heldRowsById: bind(quarantineView.heldRowsById),
    quarantineCounts: bind(quarantineView.quarantineCounts),
    releaseRows: bind(quarantineView.releaseRows),
    discardRows: bind(quarantineView.discardRows),
    revisions: bind(revisions),
    storedRows: bind(reconciliation.storedRows),
    formerRows: bind(reconciliation.formerRows),
    beginReconciliation: bind(reconciliation.beginReconciliation),
    touchReconciliation: bind(reconciliation.touchReconciliation),
    saveReconciliation: bind(reconciliation.saveReconciliation),
    failReconciliation: bind(reconciliation.failReconciliation),
    failSilentReconciliations: bind(reconciliation.failSilentReconciliations),
    reconciliation: bind(reconciliation.reconciliation),
    reconciliations: bind(reconciliation.reconciliations),
    reconciliationMismatches: bind(reconciliation.reconciliationMismatches),

    symbolSets: bind(symbolSets.symbolSets),
    symbolSet: bind(symbolSets.symbolSet),
    setMembers: bind(symbolSets.setMembers),
    createSet: bind(symbolSets.createSet),
    changeSet: bind(symbolSets.changeSet),
    deleteSet: bind(symbolSets.deleteSet),

    ...createAccessStore(db),
    ...createAlertStore(db),
    ...createOperationStore(db),
    ...createLogPageStore(db),
    ...createNoticeStore(db),
    ...createRequestStore(db),
    ...createJobStore(db),
    ...createFireStore(db),
    ...createRunControl(db),
    ...createTaskStore(db),
    ...createImportStore(db),
    ...createSyncStore(db),
    ...createMetricsStore(db),
    ...createStatisticsStore(db),
    ...createNodeStore(db),
    ...createExplainStore(db),
    ...createExecutionStore(db),
    ...createDataReader(db),
    ...createLogTableStore(db),
    ...createPageStore(db),

    ping: async () => void (await db.rows(sql`SELECT 1`)),
    close: () => db.close(),
  };
}
