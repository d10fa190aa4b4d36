import { cpus, loadavg, release, totalmem, type as systemName } from 'node:os';

/** What the figures were taken on: without it they say nothing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
  /** Processes that wanted a core during the last minute, before the benchmark began. */
  readonly loadBefore: number;
}

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGigabytes: Math.round(totalmem() / 1024 ** 3),
    system: `${systemName()} ${release()}`,
    node: process.version,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

export function machineText(machine: Machine): string {
  const { cpu, cores, memoryGigabytes, system, node, loadBefore } = machine;
  return `${cpu}, ${cores} cores, ${memoryGigabytes} GB, ${system}, Node ${node}, load before ${loadBefore}`;
}
