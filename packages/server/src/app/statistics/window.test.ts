import { plainDay, shanghaiInstant } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { daysOf, readWindow } from './window.ts';

const at = (day: string, hour = 0) => shanghaiInstant(plainDay(day), hour * 60);
const NOW = at('2024-03-10', 15.5);

describe('a window', () => {
  it('is the last day by the hour, unless told otherwise', () => {
    expect(readWindow({}, NOW)).toMatchObject({
      grain: 'hour',
      from: at('2024-03-09', 15),
      to: at('2024-03-10', 16),
    });
    expect(readWindow({ last: '30d' }, NOW)).toMatchObject({
      grain: 'day',
      from: at('2024-02-09'),
      to: at('2024-03-11'),
    });
  });

  it('from a day to a day holds both of them', () => {
    const window = readWindow({ from: '2024-01-01', to: '2024-01-31' }, NOW);
    expect(window).toMatchObject({ from: at('2024-01-01'), to: at('2024-02-01'), days: 31 });
    expect(window.spans).toEqual([{ grain: 'month', from: at('2024-01-01'), to: at('2024-02-01') }]);
    expect(daysOf(window)).toEqual({ from: '2024-01-01', to: '2024-01-31' });
  });

  it('from an instant on ends now, in whole hours', () => {
    expect(readWindow({ from: '2024-03-10T03:59:00Z' }, NOW)).toMatchObject({
      from: at('2024-03-10', 11),
      to: at('2024-03-10', 16),
      days: 4.5 / 24,
    });
  });

  it('that reaches up to now takes its last month whole, as one sum', () => {
    expect(readWindow({ last: '30d' }, NOW).spans).toEqual([
      { grain: 'day', from: at('2024-02-09'), to: at('2024-03-01') },
      { grain: 'month', from: at('2024-03-01'), to: at('2024-04-01') },
    ]);
    expect(readWindow({ from: '2024-03-11', to: '2024-03-12' }, NOW).spans).toEqual([
      { grain: 'day', from: at('2024-03-11'), to: at('2024-04-01') },
    ]);
    expect(readWindow({ to: '2024-03-09' }, NOW).spans.at(-1)?.to).toBe(at('2024-03-10'));
  });

  it('of decades goes by months', () => {
    expect(readWindow({ from: '2000-01-01' }, NOW).grain).toBe('month');
    expect(readWindow({ last: '7d', every: 'day' }, NOW).grain).toBe('day');
  });

  it.each([
    [{ last: '30d', from: '2024-01-01' }, 'either'],
    [{ last: '5d' }, '"last"'],
    [{ from: 'yesterday' }, '"from"'],
    [{ to: '2024-02-30' }, '"to"'],
    [{ from: '2024-03-01', to: '2024-02-01' }, 'not before'],
    [{ from: '2024-01-01T00:00:00Z', to: '2024-01-01T00:00:00Z' }, 'not before'],
    [{ last: '365d', every: 'hour' }, 'points'],
    [{ from: '1970-01-01', to: '2100-01-01' }, 'hundred years'],
    [{ from: '1800-01-01' }, '1970 to 2999'],
    [{ to: '9999-12-31' }, '1970 to 2999'],
    [{ to: '9999-12-31T23:59:59.999Z' }, '1970 to 2999'],
  ] as const)('%o is refused', (wish, problem) => {
    expect(() => readWindow(wish, NOW)).toThrow(problem);
  });
});
