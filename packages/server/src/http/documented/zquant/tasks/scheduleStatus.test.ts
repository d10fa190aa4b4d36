import type { RunState } from '@tapekeeper/core';
import { expect, test } from 'vitest';
import { scheduleStatusOf } from './scheduleStatus.ts';

const NEXT = { scheduledFor: 1, dueAt: 1 };

test.each<readonly ['enabled' | 'paused' | 'disabled', typeof NEXT | null, RunState | undefined, string]>([
  ['disabled', null, 'running', 'disabled'],
  ['paused', null, 'running', 'paused'],
  ['enabled', NEXT, undefined, 'pending'],
  ['enabled', null, undefined, 'disabled'],
  ['enabled', NEXT, 'pending', 'pending'],
  ['enabled', NEXT, 'running', 'running'],
  ['enabled', NEXT, 'paused', 'paused'],
  ['enabled', NEXT, 'failed', 'failed'],
  ['enabled', null, 'cancelled', 'failed'],
  ['enabled', NEXT, 'success', 'pending'],
  ['enabled', null, 'success', 'success'],
  ['enabled', null, 'success_with_errors', 'success'],
])('a task that is %s, with the next moment %j and the last run %s, is %s', (state, next, latest, word) => {
  expect(scheduleStatusOf({ state, next }, latest)).toBe(word);
});
