import { isoInstant, type Instant } from '@tapekeeper/core';

const SHANGHAI_MS = 8 * 3_600_000;

/** Shanghai has no summer time since 1991, and nothing here began before. */
function shifted(instant: Instant): string {
  return isoInstant(instant + SHANGHAI_MS).replace('Z', '');
}

/** `2025-10-27T08:00:00.000000`: the time in Shanghai without saying so, in microseconds, as Python writes it. */
export function naiveShanghai(instant: Instant): string {
  return `${shifted(instant)}000`;
}

/** The same in UTC. */
export function naiveUtc(instant: Instant): string {
  return `${isoInstant(instant).replace('Z', '')}000`;
}

/** `2025-10-27T08:00:00.000000+08:00` */
export function zonedShanghai(instant: Instant): string {
  return `${naiveShanghai(instant)}+08:00`;
}

/** `20251027_080000`, the middle of ids. */
export function stampShanghai(instant: Instant): string {
  return shifted(instant).slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
}
