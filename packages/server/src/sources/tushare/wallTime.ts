import { isoInstant, parseDay, SHANGHAI_OFFSET_MS, shanghaiInstant, type Instant } from '@tapekeeper/core';

const WALL_TIME = /^(\d{4}-?\d{2}-?\d{2})[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?$/;

/**
 * Reads a wall time in Shanghai, `2024-01-31 09:30:00`, as an instant in whole seconds; null for an empty
 * cell, undefined for what is none.
 */
export function readWallTime(cell: unknown): Instant | null | undefined {
  if (cell === null || cell === undefined || cell === '') return null;
  const match = typeof cell === 'string' ? WALL_TIME.exec(cell) : null;
  if (!match) return undefined;
  const [, dayText = '', ...clock] = match;
  const day = parseDay(dayText);
  const [hours = 0, minutes = 0, seconds = 0] = clock.map((part) => Number(part ?? 0));
  if (day === undefined || hours > 23 || minutes > 59 || seconds > 59) return undefined;
  return shanghaiInstant(day, hours * 60 + minutes) + seconds * 1000;
}

/** The wall time in Shanghai at an instant, as Tushare writes it. */
export function wallTime(at: Instant): string {
  return isoInstant(at + SHANGHAI_OFFSET_MS)
    .slice(0, 19)
    .replace('T', ' ');
}
