import { plainDay, type PlainDay } from '@tapekeeper/core';
import { expect, it } from 'vitest';
import type { AppDeps } from './deps.ts';
import { loadCalendar } from './market.ts';

const CLOSED_AFTER_ALL = plainDay('2024-01-03');

/** A store of a calendar that can be changed, which counts how often all its days are read. */
function calendarStore() {
  const stored = { version: '1', days: [] as { day: PlainDay; isOpen: boolean }[], reads: 0 };
  const store = {
    calendarVersion: () => Promise.resolve(stored.version),
    calendarDays: () => {
      stored.reads += 1;
      return Promise.resolve(stored.days);
    },
  };
  return { stored, deps: { store: store as unknown as AppDeps['store'] } };
}

it('reads the days of a calendar once as long as it does not change', async () => {
  const { stored, deps } = calendarStore();
  const calendar = await loadCalendar(deps);
  expect(await loadCalendar(deps)).toBe(calendar);
  expect(stored.reads).toBe(1);
});

it('reads a changed calendar again', async () => {
  const { stored, deps } = calendarStore();
  expect((await loadCalendar(deps)).isOpen(CLOSED_AFTER_ALL)).toBe(true);
  Object.assign(stored, { version: '2', days: [{ day: CLOSED_AFTER_ALL, isOpen: false }] });
  expect((await loadCalendar(deps)).isOpen(CLOSED_AFTER_ALL)).toBe(false);
});

it('does not take the days of a change that came while it was reading for those of the version before', async () => {
  const { stored, deps } = calendarStore();
  const reading = loadCalendar(deps);
  Object.assign(stored, { version: '2', days: [{ day: CLOSED_AFTER_ALL, isOpen: false }] });
  await reading;
  await loadCalendar(deps);
  expect(stored.reads).toBe(2);
});

it('keeps the calendars of two stores apart', async () => {
  const [one, other] = [calendarStore(), calendarStore()];
  other.stored.days.push({ day: CLOSED_AFTER_ALL, isOpen: false });
  expect((await loadCalendar(one.deps)).isOpen(CLOSED_AFTER_ALL)).toBe(true);
  expect((await loadCalendar(other.deps)).isOpen(CLOSED_AFTER_ALL)).toBe(false);
});
