import { LONGEST_JOB_KEY } from '@tapekeeper/core';
import { z } from 'zod';
import { scheduleSchema, timeSchema } from './jobs.ts';
import { daySchema, instantSchema } from './primitives.ts';

const wordsSchema = z.object({ en: z.string(), zh: z.string() });

/** Moments that one answer lists at most. */
export const MOST_MOMENTS = 1000;
const zoneText = z.string().min(1).max(64);

export const newPreviewSchema = z
  .strictObject({
    schedule: scheduleSchema,
    from: timeSchema.optional().describe('a moment exactly here is listed; default: now'),
    count: z.int().min(1).max(MOST_MOMENTS).default(10),
    zone: zoneText.optional().describe('IANA zone of `local`; default: that of the trigger'),
    key: z
      .string()
      .min(1)
      .max(LONGEST_JOB_KEY)
      .optional()
      .describe('key of the job, which its jitter depends on; without one `at` leaves the jitter out'),
  })
  .meta({ id: 'NewPreview' });
export type NewPreviewBody = z.input<typeof newPreviewSchema>;

export const jobMomentsQuerySchema = z.strictObject({
  from: timeSchema.optional().describe('a moment exactly here is listed; default: now'),
  count: z.coerce.number().int().min(1).max(MOST_MOMENTS).default(10),
  zone: zoneText.optional().describe('IANA zone of `local`; default: that of the trigger'),
});

export const previewSchema = z
  .object({
    words: wordsSchema.describe('the schedule in words'),
    moments: z
      .array(
        z.object({
          at: instantSchema.describe('when it is due: the moment, or later by the jitter'),
          scheduledFor: instantSchema.describe('the moment that the trigger names'),
          day: daySchema.describe(
            'the trading day that it belongs to; else its day in the zone of the trigger',
          ),
          local: z.string().describe('`scheduledFor` on the clocks of the zone, 2026-11-23T15:30:00+08:00'),
          assumed: z.boolean().describe('whether it rests on a trading day that nobody has announced yet'),
        }),
      )
      .describe('in order; fewer than were asked for where no more come before the year 3000'),
    problems: z
      .array(z.object({ code: z.string(), text: wordsSchema }))
      .describe('what keeps the schedule from being used as it is'),
  })
  .meta({ id: 'Preview' });
export type Preview = z.output<typeof previewSchema>;
