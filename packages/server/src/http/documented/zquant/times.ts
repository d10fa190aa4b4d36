import type { Instant } from '@tapekeeper/core';
import { naiveShanghai } from '../times.ts';

/** `2025-12-01T18:00:00`: the clock in Shanghai, in whole seconds, as the tables of the platform keep it. */
export function wallTime(instant: Instant): string {
  return naiveShanghai(instant).slice(0, 19);
}

export function wallTimeOrNull(instant: Instant | null): string | null {
  return instant === null ? null : wallTime(instant);
}

/** Who and when, under the names of both generations. */
export interface Stamps {
  readonly created_by: string | null;
  readonly created_time: string;
  readonly updated_by: string | null;
  readonly updated_time: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export function stampsOf(
  created: { readonly by: string | null; readonly at: Instant },
  updated: { readonly by: string | null; readonly at: Instant },
): Stamps {
  const [createdAt, updatedAt] = [wallTime(created.at), wallTime(updated.at)];
  return {
    created_by: created.by,
    created_time: createdAt,
    updated_by: updated.by,
    updated_time: updatedAt,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}
