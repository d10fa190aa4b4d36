import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coalesce, type LiveEvent } from './coalesce.ts';

const event = (seq: number, kind: string, payload: LiveEvent['payload']): LiveEvent => ({
  seq,
  kind,
  at: seq,
  payload,
});

const someEvents = fc
  .array(
    fc.oneof(
      fc.record({
        kind: fc.constant('progress'),
        payload: fc.record({ runId: fc.integer({ min: 1, max: 3 }), items: fc.nat(9), rows: fc.nat(99) }),
      }),
      fc.record({
        kind: fc.constant('run'),
        payload: fc.record({ runId: fc.integer({ min: 1, max: 3 }), state: fc.constant('running') }),
      }),
      fc.record({
        kind: fc.constant('step'),
        payload: fc.record({
          runId: fc.integer({ min: 1, max: 2 }),
          steps: fc.array(fc.record({ no: fc.nat(3), done: fc.nat(9) }), { maxLength: 3 }),
        }),
      }),
    ),
    { maxLength: 30 },
  )
  .map((facts) => facts.map(({ kind, payload }, place) => event(place + 1, kind, payload)));

const sum = (events: readonly LiveEvent[], run: number, field: string): number =>
  events
    .filter(({ kind, payload }) => kind === 'progress' && payload['runId'] === run)
    .reduce((total, { payload }) => total + Number(payload[field]), 0);

describe('events of one frame', () => {
  it('of the progress of a run become one that adds up', () => {
    const told = coalesce([
      event(1, 'progress', { runId: 7, shardNo: 1, items: 2, rows: 10 }),
      event(2, 'run', { runId: 7, state: 'running' }),
      event(4, 'progress', { runId: 7, shardNo: 1, items: 3, rows: 5 }),
    ]);
    expect(told).toEqual([
      event(2, 'run', { runId: 7, state: 'running' }),
      { ...event(4, 'progress', { runId: 7, shardNo: 1, items: 5, rows: 15 }), merged: [1, 4] },
    ]);
  });

  it('of several shards name none of them', () => {
    const told = coalesce(
      [1, 2].map((shardNo) => event(shardNo, 'progress', { runId: 7, shardNo, items: 1 })),
    );
    expect(told).toMatchObject([{ payload: { shardNo: null, items: 2 } }]);
  });

  it('of steps hold each step as it was last', () => {
    const told = coalesce([
      event(1, 'step', {
        runId: 7,
        steps: [
          { no: 1, done: 1 },
          { no: 2, done: 0 },
        ],
      }),
      event(2, 'step', { runId: 7, steps: [{ no: 1, done: 5 }] }),
    ]);
    expect(told).toMatchObject([
      {
        payload: {
          steps: [
            { no: 1, done: 5 },
            { no: 2, done: 0 },
          ],
        },
      },
    ]);
  });

  it('cover the same numbers, in order, and say as much in the end', () => {
    fc.assert(
      fc.property(someEvents, (events) => {
        const told = coalesce(events);
        const covered = told.flatMap(({ seq, merged }) => merged ?? [seq]);
        expect(covered.toSorted((a, b) => a - b)).toEqual(events.map(({ seq }) => seq));
        expect(told.map(({ seq }) => seq)).toEqual(told.map(({ seq }) => seq).toSorted((a, b) => a - b));
        for (const run of [1, 2, 3])
          for (const field of ['items', 'rows']) expect(sum(told, run, field)).toBe(sum(events, run, field));
      }),
    );
  });

  it('may be merged in any portions', () => {
    fc.assert(
      fc.property(someEvents, fc.nat(30), (events, cut) => {
        const twice = coalesce([...coalesce(events.slice(0, cut)), ...events.slice(cut)]);
        expect(twice).toEqual(coalesce(events));
      }),
    );
  });
});
