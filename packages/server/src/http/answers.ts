import { problemSchema } from '@tapekeeper/contract';
import type { z } from 'zod';
import { PROBLEM_TYPE } from './problem.ts';

/** How any route fails. */
export const PROBLEM_ANSWER = {
  default: {
    description: 'a problem: what is wrong and what to do',
    content: { [PROBLEM_TYPE]: { schema: problemSchema } },
  },
} as const;

/** What a route may answer: this when it goes well, a problem otherwise. */
export function answers<Status extends number, Schema extends z.ZodType>(status: Status, schema: Schema) {
  return { [status]: schema, ...PROBLEM_ANSWER } as Record<Status, Schema> & typeof PROBLEM_ANSWER;
}
