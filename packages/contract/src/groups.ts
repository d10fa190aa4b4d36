import { z } from 'zod';
import { countSchema } from './primitives.ts';

export const MOST_RUNS_OF_A_GROUP = 1000;

export const groupSchema = z
  .object({
    name: z.string(),
    most: z.int().positive().describe('runs of its jobs at a time'),
    openRuns: countSchema.describe('with those that wait for their turn'),
  })
  .meta({ id: 'Group' });
export type Group = z.output<typeof groupSchema>;

export const groupListSchema = z.object({ groups: z.array(groupSchema) }).meta({ id: 'GroupList' });
export type GroupList = z.output<typeof groupListSchema>;

export const groupParamsSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'a name is 1 to 64 of A-Z a-z 0-9 _ . -')
    .describe('name of the group, as jobs give it'),
});

export const setGroupSchema = z
  .strictObject({ most: z.int().min(1).max(MOST_RUNS_OF_A_GROUP) })
  .meta({ id: 'GroupSetting' });
export type SetGroupBody = z.input<typeof setGroupSchema>;
