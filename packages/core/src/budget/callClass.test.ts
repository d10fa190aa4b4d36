import { expect, it } from 'vitest';
import { addDays, plainDay } from '../day.ts';
import { callClassOf } from './callClass.ts';

const from = plainDay('2024-01-01');

it('calls the small wishes of people live, and longer ranges than thirty days backfills', () => {
  expect(callClassOf({ cause: 'person', from, to: from })).toBe('live');
  expect(callClassOf({ cause: 'person', from, to: addDays(from, 29) })).toBe('live');
  expect(callClassOf({ cause: 'person', from, to: addDays(from, 30) })).toBe('backfill');
});

it('calls everything live that fires by itself or that another run waits for', () => {
  for (const cause of ['fire', 'requirement']) {
    expect(callClassOf({ cause, from, to: addDays(from, 9000) })).toBe('live');
  }
});
