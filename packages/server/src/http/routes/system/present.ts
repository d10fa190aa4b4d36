import type { Ready, Status } from '@tapekeeper/contract';
import type { Readiness } from '../../../app/readiness.ts';
import type { SystemStatus } from '../../../app/systemStatus.ts';
import type { ServerFacts } from '../../context.ts';

export function presentReadiness({ ready, checks }: Readiness): Ready {
  return { ready, checks: checks.map(({ name, ok, detail }) => ({ name, ok, detail })) };
}

export function presentStatus({ version, mode }: ServerFacts, status: SystemStatus): Status {
  return {
    version,
    mode,
    marketDay: status.marketDay,
    sources: status.sources.map(({ source, position, datasets, refused }) => ({
      source,
      position,
      datasets: [...datasets],
      refused: [...refused],
    })),
    databaseBytes: status.databaseBytes,
    freeMegabytes: status.freeMegabytes,
  };
}
