import type { JobExplanation, RunExplanation, RunSteps } from '@tapekeeper/contract';
import { isoInstant, stepFraction, type Instant, type Moment, type Step } from '@tapekeeper/core';
import type { JobExplanation as JobReport } from '../../../app/explain/explainJob.ts';
import type { RunExplanation as RunReport, RunStepsReport } from '../../../app/explain/explainRun.ts';
import { isAlive } from '../../../app/explain/workers.ts';
import type { OpenShard, OtherRun, WorkerFacts } from '../../../ports/explainStore.ts';
import { presentRun } from '../runs/present.ts';

export function presentJobExplanation(report: JobReport): JobExplanation {
  const { job, window, now, verdict, code, text, moment, fire, run } = report;
  const { schedule, name } = job.definition;
  return {
    job: {
      id: job.id,
      key: job.key,
      name,
      state: job.state,
      version: job.version,
      trigger: schedule.trigger.kind,
    },
    at: instantOrNull(window?.from ?? null),
    until: instantOrNull(window?.to ?? null),
    now: isoInstant(now),
    verdict,
    code,
    text,
    moment: presentMoment(moment),
    fire: fire && {
      id: fire.id,
      scheduledFor: isoInstant(fire.scheduledFor),
      until: isoInstant(fire.until),
      dueCount: fire.dueCount,
      decision: fire.decision,
      reason: fire.reason,
      decidedAt: isoInstant(fire.decidedAt),
      jobVersion: fire.jobVersion,
    },
    run: run && presentOther(run),
    blockedBy: report.blockedBy.map(presentOther),
    blocking: report.blocking.map((one) => ({ ...one, runIds: [...one.runIds] })),
    notes: report.notes.map((note) => ({ ...note })),
    previous: presentMoment(report.previous),
    next: presentMoment(report.next),
  };
}

export function presentRunExplanation(report: RunReport): RunExplanation {
  const { facts, situations, text, stuck, progress } = report;
  const { database, turn } = facts;
  return {
    run: presentRun(facts.run),
    verdict: situations[0].code,
    text,
    stuck,
    situations: situations.map((one) => ({
      code: one.code,
      text: one.text,
      shard: one.shardNo,
      since: instantOrNull(one.since),
      until: instantOrNull(one.until),
      runIds: [...one.runIds],
      group: one.group,
      host: one.host,
      api: one.api,
      workerId: one.workerId,
    })),
    shards: facts.shards.map(presentShard),
    calls: facts.calls.map(({ workerId, itemNo, source, host, api, where, forMs }) => ({
      workerId,
      itemNo,
      source,
      host,
      api,
      where,
      forMs,
    })),
    workers: facts.workers.map(presentWorker),
    children: facts.children.map(presentOther),
    blockedBy: [...(turn?.ofJob ?? []), ...(turn?.group?.runs ?? [])]
      .filter((one, at, all) => all.findIndex(({ id }) => id === one.id) === at)
      .map(presentOther),
    database: {
      connections: database.connections.map((one) => ({ ...one })),
      blocked: database.blocked.map((one) => ({ ...one, blockers: one.blockers.map((by) => ({ ...by })) })),
      oldestTransaction: database.oldestTransaction && { ...database.oldestTransaction },
    },
    freeMegabytes: facts.freeMegabytes,
    steps: progress.steps.map(presentStep),
  };
}

export function presentSteps({ run, progress }: RunStepsReport): RunSteps {
  const { steps, fraction, eta, step } = progress;
  return {
    runId: run.id,
    state: run.state,
    fraction,
    step: step?.name ?? null,
    etaMs: eta?.likelyMs ?? null,
    etaLowMs: eta?.lowMs ?? null,
    etaHighMs: eta?.highMs ?? null,
    steps: steps.map(presentStep),
  };
}

function presentStep(step: Step): RunSteps['steps'][number] {
  const { startedAt, finishedAt, ...rest } = step;
  return {
    ...rest,
    fraction: stepFraction(step),
    startedAt: instantOrNull(startedAt),
    finishedAt: instantOrNull(finishedAt),
  };
}

function presentShard(shard: OpenShard): RunExplanation['shards'][number] {
  const { no, kind, source, round, workerId, itemsTotal, itemsOver, troubles, dispatch, lastFailure } = shard;
  return {
    no,
    kind,
    source,
    round,
    workerId,
    claimedAt: instantOrNull(shard.claimedAt),
    updatedAt: isoInstant(shard.updatedAt),
    itemsTotal,
    itemsOver,
    troubles,
    dispatch: dispatch && {
      runAt: isoInstant(dispatch.runAt),
      taken: dispatch.isTaken,
      ahead: dispatch.ahead,
    },
    items: shard.items.map((item) => ({ ...item })),
    lastFailure: lastFailure && { ...lastFailure, at: isoInstant(lastFailure.at) },
  };
}

function presentWorker(worker: WorkerFacts): RunExplanation['workers'][number] {
  const { id, node, pid, startedAt, silentMs, shards, vitals } = worker;
  return {
    id,
    node,
    pid,
    alive: isAlive(worker),
    startedAt: isoInstant(startedAt),
    silentMs: Math.max(0, silentMs),
    shards,
    slots: vitals?.slots ?? null,
    rssBytes: vitals?.rssBytes ?? null,
    heapBytes: vitals?.heapBytes ?? null,
    lagP99Ms: vitals?.lagP99Ms ?? null,
    lagMaxMs: vitals?.lagMaxMs ?? null,
    stuckMs: vitals?.stuckMs ?? null,
  };
}

function presentOther({
  jobKey,
  startedAt,
  type,
  dataset,
  ...run
}: OtherRun): JobExplanation['blockedBy'][number] {
  return { ...run, type, dataset, job: jobKey, startedAt: instantOrNull(startedAt) };
}

function presentMoment(moment: Moment | null): JobExplanation['moment'] {
  return moment && { scheduledFor: isoInstant(moment.scheduledFor), dueAt: isoInstant(moment.dueAt) };
}

function instantOrNull(at: Instant | null): string | null {
  return at === null ? null : isoInstant(at);
}
