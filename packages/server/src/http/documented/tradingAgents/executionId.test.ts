import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executionId, isExecution, readExecutionId } from './executionId.ts';

describe('an execution id', () => {
  it('is the second in which the run was made and its number', () => {
    expect(executionId({ id: 12, createdAt: 1_761_523_200_000 })).toBe('68feb600000000000000000c');
  });

  it('is read back as it was written, and belongs to no other run', () => {
    const runs = fc.record({
      id: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      createdAt: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    });
    fc.assert(
      fc.property(runs, (run) => {
        const text = executionId(run);
        expect(text).toMatch(/^[0-9a-f]{24}$/);
        const read = readExecutionId(text);
        expect(read).toBeDefined();
        if (read === undefined) return;
        expect(isExecution(read, run)).toBe(true);
        expect(isExecution(read, { ...run, createdAt: run.createdAt + 1_000 })).toBe(false);
        expect(isExecution(read, { ...run, id: run.id - 1 })).toBe(false);
      }),
    );
  });

  it.each([
    '',
    '12',
    '68FEB600000000000000000C',
    '68feb600000000000000000',
    '68feb6000000000000000000',
    '68feb600ffffffffffffffff',
    ' 68feb600000000000000000c',
  ])('is not "%s"', (text) => expect(readExecutionId(text)).toBeUndefined());
});
