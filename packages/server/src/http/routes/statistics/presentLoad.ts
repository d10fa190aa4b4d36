import type { DiskForecast, ErrorStatistics, WorkerStatistics } from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import type { DiskForecast as Forecast } from '../../../app/statistics/forecastDisk.ts';
import type { StoredErrorGroup, WorkLoad } from '../../../ports/statisticsStore.ts';

const BYTES_A_MEGABYTE = 1024 * 1024;

export function presentErrorGroup(group: StoredErrorGroup): ErrorStatistics['groups'][number] {
  const { id, kind, code, source, fingerprint, message, datasets, count, total, days } = group;
  return {
    id,
    kind,
    code,
    message,
    count,
    total,
    source: source === '' ? null : source,
    pattern: fingerprint,
    datasets: [...datasets],
    firstAt: isoInstant(group.firstAt),
    lastAt: isoInstant(group.lastAt),
    firstRun: group.firstRunId,
    lastRun: group.lastRunId,
    trend: [...days],
  };
}

export function presentLoad({ workers, dispatches, pool, connections }: WorkLoad): WorkerStatistics {
  const shown = workers.map(({ id, node, pid, slots, held, silentMs }) => ({
    id,
    node,
    pid,
    slots,
    silentMs,
    used: held,
    free: Math.max(0, slots - held),
  }));
  const sum = (of: (worker: (typeof shown)[number]) => number) =>
    shown.reduce((total, worker) => total + of(worker), 0);
  return {
    workers: shown,
    slots: { total: sum(({ slots }) => slots), used: sum(({ used }) => used), free: sum(({ free }) => free) },
    dispatches: { ...dispatches },
    pool: { ...pool },
    connections: { ...connections },
  };
}

export function presentForecast({ newest, samples, growth, left, tables }: Forecast): DiskForecast {
  return {
    takenAt: newest === undefined ? null : isoInstant(newest.takenAt),
    databaseBytes: newest?.databaseBytes ?? null,
    freeBytes: bytesOf(newest?.freeMegabytes ?? null),
    growth: growth ?? null,
    daysLeft: left ?? null,
    samples: samples.map(({ takenOn, databaseBytes, freeMegabytes }) => ({
      day: takenOn,
      databaseBytes,
      freeBytes: bytesOf(freeMegabytes),
    })),
    tables: tables.map(({ dataset, bytes, growth: one }) => ({ dataset, bytes, growth: one ?? null })),
  };
}

function bytesOf(megabytes: number | null): number | null {
  return megabytes === null ? null : megabytes * BYTES_A_MEGABYTE;
}
