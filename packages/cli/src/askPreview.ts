import { MOST_MOMENTS, type Preview } from '@tapekeeper/contract';
import { isoInstant, type Instant, type Schedule, type Words, type Zone } from '@tapekeeper/core';
import type { ScheduleApi } from '@tapekeeper/client';

export interface PreviewMoment {
  readonly at: Instant;
  readonly day: string;
  readonly local: string;
  readonly assumed: boolean;
}

interface Question {
  readonly schedule: Schedule;
  readonly from: Instant;
  readonly count: number;
  readonly zone: Zone;
}

/** The moments of a schedule as a server sees them, page by page: it lists only so many at a time. */
export async function askPreview(
  api: Pick<ScheduleApi, 'preview'>,
  { schedule, from, count, zone }: Question,
): Promise<{ readonly words: Words; readonly moments: readonly PreviewMoment[] }> {
  const moments: PreviewMoment[] = [];
  for (let at = from; ;) {
    const wanted = Math.min(MOST_MOMENTS, count - moments.length);
    const page: Preview = await api.preview({
      schedule: scheduleText(schedule),
      from: isoInstant(at),
      count: wanted,
      zone: zone.name,
    });
    for (const { scheduledFor, day, local, assumed } of page.moments) {
      at = Date.parse(scheduledFor);
      moments.push({ at, day, local, assumed });
    }
    if (page.moments.length < wanted || moments.length === count) return { words: page.words, moments };
    at += 1;
  }
}

/** What the command line can say of a schedule, as the interface reads it. */
function scheduleText({
  trigger,
  tradingDaysOnly,
}: Schedule): Parameters<ScheduleApi['preview']>[0]['schedule'] {
  switch (trigger.kind) {
    case 'interval':
      return { trigger: { ...trigger, anchor: isoInstant(trigger.anchor) }, tradingDaysOnly };
    case 'once':
      return { trigger: { kind: 'once', at: isoInstant(trigger.at) }, tradingDaysOnly };
    case 'cron':
    case 'session':
    case 'after':
    case 'manual':
      return { trigger, tradingDaysOnly };
  }
}
