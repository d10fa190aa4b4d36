import { isoInstant } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { readWallTime, wallTime } from './wallTime.ts';

describe('a wall time of Shanghai', () => {
  it.each([
    ['2024-01-31 09:30:05', '2024-01-31T01:30:05.000Z'],
    ['2024-01-31T09:30:05.123', '2024-01-31T01:30:05.000Z'],
    ['20240131 00:00', '2024-01-30T16:00:00.000Z'],
  ])('%s is the instant %s', (text, instant) => {
    const at = readWallTime(text);
    expect(typeof at === 'number' && isoInstant(at)).toBe(instant);
  });

  it('is null for an empty cell and undefined for what is none', () => {
    expect([null, undefined, ''].map(readWallTime)).toEqual([null, null, null]);
    const none = ['2024-01-31', '2024-02-30 09:30:00', '2024-01-31 24:00:00', '09:30:00', 20240131, {}];
    expect(none.map(readWallTime)).toEqual(none.map(() => undefined));
  });

  it('is written as it is read', () => {
    expect(wallTime(readWallTime('2024-01-31 23:59:59') ?? 0)).toBe('2024-01-31 23:59:59');
  });
});
