import type { Store } from '../../../packages/server/src/ports/store.ts';
import * as commits from './commits.ts';
import * as control from './control.ts';
import * as coverage from './coverage.ts';
import * as fires from './fires.ts';
import * as jobs from './jobs.ts';
import * as market from './market.ts';
import type { Memory, Parts } from './memory.ts';
import * as requests from './requests.ts';
import * as runs from './runs.ts';
import * as shards from './shards.ts';
import * as sources from './sources.ts';
import * as tasks from './tasks.ts';
import * as turns from './turns.ts';
import { viewOfRun } from './views.ts';
import * as workers from './workers.ts';

type Method = (...input: never[]) => Promise<unknown>;

/** Calls of the store as functions that do their work at once. */
export type StoreCalls = {
  [Name in keyof Store]?: Store[Name] extends Method
    ? (...input: Parameters<Store[Name]>) => Awaited<ReturnType<Store[Name]>>
    : never;
};

/** Everything that the simulated use cases ask of a store; other calls are mistakes of the simulation. */
export function createCalls(memory: Memory): StoreCalls {
  return {
    registerWorker: (worker) => workers.registerWorker(memory, worker),
    settlePredecessors: (node, boot) => workers.settlePredecessors(memory, node, boot),
    beat: (worker) => workers.beat(memory, worker),
    stopWorker: (worker) => workers.stopWorker(memory, worker),
    rescue: (silentMs) => workers.rescue(memory, silentMs),
    strandedRuns: () => workers.strandedRuns(memory),

    createRun: (run) => memory.parts.insertRun(memory, run),
    settleParams: (claim, params) => runs.settleParams(memory, claim, params),
    waitForRuns: (claim, children) => runs.waitForRuns(memory, claim, children),
    requirementsOf: (run) => workers.requirementsOf(memory, run),
    failRun: (claim, error) => runs.failRun(memory, claim, error),
    claimShard: (dispatch) => shards.claimShard(memory, dispatch),
    releaseShard: (claim, delayMs, trouble) => shards.releaseShard(memory, claim, delayMs, trouble),
    failShard: (claim, error) => shards.failShard(memory, claim, error),
    closeShard: (claim) => shards.closeShard(memory, claim),
    replan: (claim, order, round) => shards.replan(memory, claim, order, round),
    savePlan: (claim, plan) => shards.savePlan(memory, claim, plan),
    takeItems: (claim, limit) => shards.takeItems(memory, claim, limit),
    commitItems: (claim, batch) => commits.commitItems(memory, claim, batch),
    heldRows: () => [],
    replayHeldRows: () => {},

    instruments: () => market.instruments(memory),
    aliases: () => new Map(),
    calendarDays: () => market.calendarDays(memory),
    calendarVersion: () => `${market.marketRows(memory, 'trade_calendar').size} days`,
    coverageOf: (dataset, from, to, ids) => coverage.coverageOf(memory, dataset, from, to, ids),
    unsettledDays: (dataset) => coverage.unsettledDays(memory, dataset),
    plannedQuestions: (run) => coverage.plannedQuestions(memory, run),
    unpublishedDays: (run) => coverage.unpublishedDays(memory, run),
    freshness: (dataset) => coverage.freshness(memory, dataset),
    coveredSpan: (dataset) => coverage.coveredSpan(memory, dataset),
    recentDayRows: (dataset, source, before, count) =>
      coverage.recentDayRows(memory, dataset, source, before, count),

    rights: () => sources.rights(memory),
    saveRight: (right) => sources.saveRight(memory, right),
    takeCall: (host) => sources.takeCall(memory, host),
    drainBudget: () => {},
    noteSuccess: (host) => sources.noteSuccess(memory, host),
    noteFailure: (host, reason, threshold, pauseMs) =>
      sources.noteFailure(memory, host, reason, threshold, pauseMs),
    openBreaker: (host, reason, pauseMs) => sources.openBreaker(memory, host, reason, pauseMs),
    takeLease: (source, worker) => sources.takeLease(memory, source, worker),
    releaseLease: (source, worker) => sources.releaseLease(memory, source, worker),
    leaseWanted: (source, worker) => sources.leaseWanted(memory, source, worker),
    hostFacts: (host) => sources.hostFacts(memory, host),
    priorities: () => [],

    run: (id) => viewOfRun(memory, id),
    publishEvents: () => 0,

    createJob: (job, next) => jobs.createJob(memory, job, next),
    updateJob: (id, change, next) => jobs.updateJob(memory, id, change, next),
    setJobState: (id, state, author, next) => jobs.setJobState(memory, id, state, author, next),
    job: (id) => jobs.job(memory, id),
    jobs: () => jobs.jobs(memory),
    jobChanges: (id) => jobs.jobChanges(memory, id),
    fireDue: (limit, decide) => fires.fireDue(memory, limit, decide),
    msUntilDue: () => fires.msUntilDue(memory),
    fireAfter: (limit) => fires.fireAfter(memory, limit),
    triggerJob: (id, trigger) => fires.triggerJob(memory, id, trigger),
    fires: (filter) => fires.fires(memory, filter),
    fireAt: (id, at) => fires.fireAt(memory, id, at),
    setGroup: (name, most) => void memory.tables.groups.set(name, most),
    schedulerTurned: ({ boot, node, pid }) => {
      const known = memory.tables.schedulers.get(boot);
      const turnedAt = memory.now();
      if (known !== undefined) known.turnedAt = turnedAt;
      else memory.tables.schedulers.set(boot, { node, pid, startedAt: turnedAt, turnedAt });
    },
    schedulerStopped: (boot) => void memory.tables.schedulers.delete(boot),
    now: () => memory.now(),

    stopRun: (id, wish, force) => control.stopRun(memory, id, wish, force),
    pauseRun: (id) => control.pauseRun(memory, id),
    continueRun: (id) => control.continueRun(memory, id),
    deleteRun: (id) => control.deleteRun(memory, id),
    signalsFor: (worker, held) => control.signalsFor(memory, worker, held),
    strayShards: (worker, held, olderMs) => control.strayShards(memory, worker, held, olderMs),
    yieldShard: (claim) => control.yieldShard(memory, claim),
    enforceStops: (graceMs) => control.enforceStops(memory, graceMs),
    giveTurns: () => turns.giveTurns(memory),
    failuresOf: (id) => control.failuresOf(memory, id),
    openResumption: (id) => control.openResumption(memory, id),
    failAttempt: (claim, error) => control.failAttempt(memory, claim, error),

    noteSteps: (claim, steps) => tasks.noteSteps(memory, claim, steps),
    appendLog: (claim, lines) => tasks.appendLog(memory, claim, lines),
    endTask: (claim, end) => tasks.endTask(memory, claim, end),
    runSteps: (id) => memory.tables.steps.get(id) ?? [],
    runLog: (id, after, limit) => tasks.runLog(memory, id, after, limit),
    nodeRuns: (id) => tasks.nodeRuns(memory, id),
    advanceWorkflow: (claim, step) => tasks.advanceWorkflow(memory, claim, step),
  };
}

/** The parts of the statements as they should be. */
export function soundParts(): Parts {
  return {
    requireFence: shards.requireFence,
    freeShard: shards.freeShard,
    putBackItems: runs.putBackRunningItems,
    addDispatch: runs.addDispatch,
    insertRun: runs.insertRun,
    setState: runs.setState,
    endRun: runs.endRun,
    giveTurn: turns.giveTurn,
    noteFollowers: runs.noteFollowers,
    wakeParent: runs.wakeParent,
    endStateOf: shards.endStateOf,
    closeHeldShard: shards.closeHeldShard,
    isSilent: workers.isSilent,
    freeShardsOfWorkers: workers.freeShardsOfWorkers,
    mayRequeue: workers.mayRequeue,
    hasWaitedEnough: workers.hasWaitedEnough,
    uncommitted: commits.uncommitted,
    writeRows: market.writeRows,
    recordGains: coverage.recordGains,
    countOnShard: commits.countOnShard,
    stopRun: requests.stopOpenRun,
    settleRequests: requests.settleRequests,
    retryOrFail: control.retryOrFail,
    freeInGroup: turns.freeInGroup,
    hasTurn: turns.hasTurn,
    startNode: tasks.startNode,
    decidedUntil: fires.decidedUntil,
    insertFire: fires.insertFire,
    moveNext: fires.moveNext,
  };
}
