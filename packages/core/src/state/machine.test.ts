import { describe, expect, test } from 'vitest';
import { JOB_MACHINE } from '../job/states.ts';
import { ITEM_MACHINE } from '../run/itemStates.ts';
import { RUN_MACHINE } from '../run/states.ts';
import { mayStep, mermaid, steps, type StateMachine } from './machine.ts';

const DOOR: StateMachine<'open' | 'closed' | 'gone'> = {
  name: 'door',
  initial: 'closed',
  terminal: ['gone'],
  next: { open: ['closed'], closed: ['open', 'gone'], gone: [] },
};

describe('a state machine', () => {
  test('allows the steps of its table and no others', () => {
    expect(mayStep(DOOR, 'closed', 'open')).toBe(true);
    expect(mayStep(DOOR, 'open', 'gone')).toBe(false);
    expect(mayStep(DOOR, 'open', 'open')).toBe(false);
    expect(steps(DOOR)).toEqual([
      ['open', 'closed'],
      ['closed', 'open'],
      ['closed', 'gone'],
    ]);
  });

  test('draws itself', () => {
    expect(mermaid(DOOR).split('\n')).toEqual([
      'stateDiagram-v2',
      '  [*] --> closed',
      '  open --> closed',
      '  closed --> open',
      '  closed --> gone',
      '  gone --> [*]',
    ]);
  });
});

describe.each([RUN_MACHINE, ITEM_MACHINE, JOB_MACHINE] as readonly StateMachine<string>[])(
  'the $name machine',
  (machine) => {
    const states = Object.keys(machine.next);

    test('names only states that it has', () => {
      expect(states).toContain(machine.initial);
      for (const [, to] of steps(machine)) expect(states).toContain(to);
    });

    test('never leaves a terminal state, and can leave every other', () => {
      for (const state of states)
        expect(machine.next[state]!.length === 0).toBe(machine.terminal.includes(state));
    });

    test('reaches every state from the first', () => {
      const reached = new Set([machine.initial]);
      for (const state of reached) for (const next of machine.next[state]!) reached.add(next);
      expect([...reached].sort()).toEqual(states.toSorted());
    });

    test('can end from every state, where it has an end', () => {
      const ending = new Set<string>(machine.terminal);
      for (let before = -1; before !== ending.size;) {
        before = ending.size;
        for (const [from, to] of steps(machine)) if (ending.has(to)) ending.add(from);
      }
      expect([...ending].sort()).toEqual(machine.terminal.length === 0 ? [] : states.toSorted());
    });
  },
);

test('a run that waits to retry is pending again, a missed one is born so', () => {
  expect(mayStep(RUN_MACHINE, 'running', 'pending')).toBe(true);
  expect(mayStep(RUN_MACHINE, 'pending', 'missed')).toBe(true);
  expect(mayStep(RUN_MACHINE, 'running', 'missed')).toBe(false);
  expect(mayStep(RUN_MACHINE, 'failed', 'pending')).toBe(false);
});
